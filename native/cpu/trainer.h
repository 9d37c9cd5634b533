#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/job_control.h"
#include "core/training.h"
#include "cpu/forward_pass.h"
#include "cpu/network_optimiser.h"
#include "cpu/worker_pool.h"

namespace caloscope {

/// Trains one network: AdamW on the balanced binary cross-entropy, early stopping on the validation rows.
class Trainer {
 public:
  /// `visited(rows)` is called as training rows are worked off (for progress).
  Trainer(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
          std::function<void(std::uint64_t rows)> visited);

  TrainedNetwork run();

 private:
  double epoch();
  double learning_rate() const;
  double validation_loss();
  double validation_loss_of(const PackedNetwork& packed, bool reference);

  const TrainingTask& task_;
  const LabelledRows& rows_;
  WorkerPool& pool_;
  JobControl& control_;
  std::function<void(std::uint64_t)> visited_;

  NetworkOptimiser optimiser_;
  std::vector<std::uint32_t> validation_places_[2];  ///< rows in the generated and in the reference table
  double plateau_factor_ = 1;
  std::uint64_t steps_done_ = 0;
  std::uint64_t steps_in_epoch_ = 0;
  double last_rate_ = 0;  ///< learning rate of the last step
  std::uint32_t epoch_ = 0;
};

}  // namespace caloscope
