#pragma once

#include <cstdint>
#include <vector>

#include "core/backend.h"
#include "core/learners/learner.h"

namespace caloscope {

/// K folds × M members: every row is scored by M members that never saw it.
struct CrossFitting {
  std::uint32_t folds = 5;  ///< 1: no fold is held out, all members are fitted to all rows
  std::uint32_t members = 2;
  double validation_fraction = 0.1;  ///< of the training rows of each sample, drawn anew for each member
  std::uint64_t seed = 1;
  Learner learner;
};

/// What one sample got.
struct HeldOutLogits {
  std::vector<std::uint16_t> fold;  ///< one a row: the fold whose members scored it; all 0 with one fold
  std::vector<float> logits;        ///< members × rows; empty with one fold
};

struct CrossFitted {
  std::vector<FittedMember> members;  ///< fold by fold
  HeldOutLogits reference;
  HeldOutLogits generated;
};

/// Fits and scores. With `store` each member has a checkpoint there, as its learner keeps them, and resumes from the one that
/// it finds. Throws Error(too_few_rows) when a member would have no row of a sample to train or to validate with,
/// Error(shape) when the tables have different columns, Error(checkpoint) before the work when a checkpoint is damaged or
/// of another training, Error(output) when one cannot be written.
CrossFitted cross_fit(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan,
                      Backend& backend, JobControl& control, CheckpointStore* store = nullptr);

/// A random fold for each row, sizes equal to within one. Depends on (rows, folds, seed, stream) alone.
std::vector<std::uint16_t> assign_folds(std::uint64_t rows, std::uint32_t folds, std::uint64_t seed,
                                        std::uint32_t sample);

}  // namespace caloscope
