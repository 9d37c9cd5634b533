#pragma once

#include <cstdint>
#include <vector>

#include "core/backend.h"

namespace caloscope {

/// K folds × M members: every shower is judged by M networks that never saw it.
struct CrossFitting {
  std::uint32_t folds = 5;  ///< 1: no fold is held out, all networks train on all rows
  std::uint32_t members = 2;
  double validation_fraction = 0.1;  ///< of the training rows of each sample, drawn anew for each network
  std::uint64_t seed = 1;
  NetworkShape shape;
  TrainingSettings settings;
};

/// What one sample got.
struct HeldOutLogits {
  std::vector<std::uint16_t> fold;  ///< one a row: the fold whose networks judged it; all 0 with one fold
  std::vector<float> logits;        ///< members × rows; empty with one fold
};

struct CrossFitted {
  std::vector<TrainedNetwork> networks;  ///< fold by fold, in a fold member by member
  HeldOutLogits reference;
  HeldOutLogits generated;
};

/// Trains and judges. With `store` each network has a checkpoint there after every epoch and goes on from the one that
/// it finds. Throws Error(too_few_rows) when a network would have no row of a sample to train or to validate with,
/// Error(shape) when the tables have different columns, Error(checkpoint) before the work when a checkpoint is damaged or
/// of another training, Error(output) when one cannot be written.
CrossFitted cross_fit(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan,
                      Backend& backend, JobControl& control, CheckpointStore* store = nullptr);

/// A random fold for each row, sizes equal to within one. Depends on (rows, folds, seed, stream) alone.
std::vector<std::uint16_t> assign_folds(std::uint64_t rows, std::uint32_t folds, std::uint64_t seed,
                                        std::uint32_t sample);

}  // namespace caloscope
