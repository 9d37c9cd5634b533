#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/learners/boosted_trees.h"
#include "core/learners/dense_rows.h"
#include "core/run/job_control.h"
#include "core/run/worker_pool.h"

namespace caloscope {

/// Second-order gradient boosting of the binary cross-entropy, the classes balanced by weights whose mean is 1, on
/// histograms (Friedman 2001; Chen & Guestrin, arXiv:1603.02754; Ke et al., NIPS 2017).
struct BoostingSettings {
  std::uint32_t trees = 200;     ///< at most
  std::uint32_t leaves = 31;     ///< of a tree, at most
  double learning_rate = 0.1;    ///< share of a Newton step that a leaf takes
  std::uint32_t least_rows = 20; ///< of a leaf
  double least_hessian = 1e-3;   ///< of a leaf: Σ w p (1−p)
  double l2 = 1;                 ///< added to the second derivative of a leaf
  double column_fraction = 1;    ///< of the columns that change, drawn anew for every tree
  std::uint32_t bins = 255;      ///< of a column, at most
  /// Trees in a row without a lower validation loss, after which boosting stops; the trees up to the lowest are kept.
  /// Without validation rows all trees are.
  std::uint32_t patience = 20;

  /// Throws Error(argument) that names the setting.
  void validate() const;
};

/// Trees to be boosted. All randomness comes from (seed, number).
struct BoostingTask {
  BoostingSettings settings;
  std::uint64_t seed = 0;
  std::uint32_t number = 0;
  LabelledDenseRows training;
  LabelledDenseRows validation;
};

/// Losses in nats with the classes balanced, one entry a tree that was grown, with that tree.
struct BoostingRecord {
  std::vector<double> training_loss;
  std::vector<double> validation_loss;  ///< empty without validation rows
  std::uint32_t best_trees = 0;         ///< how many were kept
  bool stopped_early = false;
};

struct TrainedTrees {
  BoostedTrees trees;
  BoostingRecord record;
};

/// Boosting ends before the number of trees where no split lowers the loss. `visited(rows)` is called as training rows
/// are worked off, settings.trees times their number in all (for progress). The same bits for any number of threads.
/// Numbers must be finite. Throws Error(too_few_rows) without a training row of each class, or with validation rows of
/// one class only.
TrainedTrees boost_trees(const BoostingTask& task, WorkerPool& pool, JobControl& control,
                         const std::function<void(std::uint64_t rows)>& visited);

}  // namespace caloscope
