#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/run/job_control.h"
#include "core/samples/feature_table.h"
#include "core/training/training.h"

namespace caloscope {

/// Something that the bits of a training depend on, in words that a user knows.
struct IdentityEntry {
  std::string name;
  std::string value;

  friend bool operator==(const IdentityEntry&, const IdentityEntry&) = default;
};

/// Two trainings with the same identity end in the same bits.
using TrainingIdentity = std::vector<IdentityEntry>;

/// Folds and the share that validates, or the shares of a split, and members: what the rows of the tasks follow from.
TrainingIdentity split_identity(std::uint32_t folds, const std::optional<std::array<double, 3>>& split,
                                std::uint32_t members, double validation_fraction);

/// Shape, settings, seed and number of one network.
TrainingIdentity settings_identity(const TrainingTask& task);

/// The rows that one network trains and validates with.
TrainingIdentity rows_identity(const TrainingTask& task);

/// The number of rows of a table and a hash of every feature as a network reads it.
IdentityEntry sample_identity(const std::string& name, const FeatureTable& table, JobControl& control);

/// Weights of the rows of both samples; nothing where every row counts 1.
TrainingIdentity weights_identity(std::span<const double> weights);

}  // namespace caloscope
