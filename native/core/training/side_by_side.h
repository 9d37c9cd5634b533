#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/training/training.h"

namespace caloscope {

/// Trains each task with `train(task, worker, visited)` on one of `workers` threads. `visited(rows)` counts the rows that
/// are worked off, and throws where another task has failed: minutes of training would be for nothing. The networks come
/// back in the order of the tasks; the first failure is thrown again.
std::vector<TrainedNetwork> train_side_by_side(
    std::span<const TrainingTask> tasks, unsigned workers, JobControl& control,
    const std::function<TrainedNetwork(const TrainingTask& task, unsigned worker,
                                       const std::function<void(std::uint64_t rows)>& visited)>& train);

}  // namespace caloscope
