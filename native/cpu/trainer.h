#pragma once

#include <cstdint>
#include <functional>

#include "core/checkpoint.h"
#include "core/job_control.h"
#include "core/training.h"
#include "cpu/worker_pool.h"

namespace caloscope {

/// Trains one network: AdamW on the balanced binary cross-entropy, early stopping on the validation rows.
/// `visited(rows)` is called as training rows are worked off (for progress); those of epochs that need not be done, and
/// were done before a checkpoint, are among them. `checkpoints` as for Backend::train.
TrainedNetwork train_network(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
                             const std::function<void(std::uint64_t rows)>& visited,
                             const Checkpoints* checkpoints = nullptr);

}  // namespace caloscope
