#include "cpu/cpu_backend.h"

#include <algorithm>
#include <string>

#include "core/error.h"
#include "core/network_training.h"
#include "core/side_by_side.h"
#include "cpu/cpu_histogram_fill.h"
#include "cpu/cpu_predictor.h"
#include "cpu/kernels/kernel_set.h"
#include "cpu/network_optimiser.h"
#include "core/worker_pool.h"

namespace caloscope {
CpuBackend::CpuBackend(unsigned threads) : threads_(threads) {
  if (threads < 1 || threads > 1024) throw Error(ErrorCode::argument, "`threads` must be from 1 to 1024");
}

std::string CpuBackend::arithmetic() const { return std::string("kernel set ") + kernel_set().name; }

std::vector<TrainedNetwork> CpuBackend::train(std::span<const TrainingTask> tasks, const LabelledRows& rows,
                                              JobControl& control, const Checkpoints* checkpoints) {
  // Networks side by side need no waiting for each other; threads that are left over work inside a network.
  const auto side_by_side = static_cast<unsigned>(std::clamp<std::size_t>(tasks.size(), 1, threads_));
  const unsigned inside = threads_ / side_by_side;
  return train_side_by_side(tasks, side_by_side, control, [&](const TrainingTask& task, unsigned, const auto& visited) {
    WorkerPool pool(inside);
    const auto start = [&] { return std::make_unique<NetworkOptimiser>(task, rows, pool, control); };
    return train_network(task, rows, control, start, visited, checkpoints);
  });
}

std::shared_ptr<const Predictor> CpuBackend::load(std::span<const Network> networks, Precision precision) {
  return std::make_shared<CpuPredictor>(networks, precision);
}

std::unique_ptr<HistogramFill> CpuBackend::start_fill(HistogramFillPlan plan) {
  return std::make_unique<CpuHistogramFill>(std::move(plan), *kernel_set().fill, threads_);
}

}  // namespace caloscope
