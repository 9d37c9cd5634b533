#include "cpu/cpu_backend.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <string>

#include "core/error.h"
#include "core/network_training.h"
#include "cpu/cpu_histogram_fill.h"
#include "cpu/cpu_predictor.h"
#include "cpu/kernels/kernel_set.h"
#include "cpu/network_optimiser.h"
#include "core/worker_pool.h"

namespace caloscope {
namespace {

/// Adds up the rows that all networks have worked off.
class TrainingProgress {
 public:
  TrainingProgress(std::span<const TrainingTask> tasks, JobControl& control) : control_(control) {
    for (const auto& task : tasks) {
      total_ += static_cast<double>(task.training_rows.size()) * task.settings.epochs;
    }
  }

  void add(std::uint64_t rows) {
    const std::lock_guard lock(mutex_);
    done_ += static_cast<double>(rows);
    control_.report({done_, total_, "training"});
  }

 private:
  JobControl& control_;
  std::mutex mutex_;
  double done_ = 0;
  double total_ = 0;
};

/// The failure of one network ends those beside it: minutes of training would be for nothing.
class FirstFailure {
 public:
  void check() const {
    if (failed_) throw Error(ErrorCode::cancelled, "another network failed");
  }

  /// Call inside a catch block.
  void note() {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    failed_ = true;
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::exception_ptr failure_;
};

}  // namespace

CpuBackend::CpuBackend(unsigned threads) : threads_(threads) {
  if (threads < 1 || threads > 1024) throw Error(ErrorCode::argument, "`threads` must be from 1 to 1024");
}

std::string CpuBackend::arithmetic() const { return std::string("kernel set ") + kernel_set().name; }

std::vector<TrainedNetwork> CpuBackend::train(std::span<const TrainingTask> tasks, const LabelledRows& rows,
                                              JobControl& control, const Checkpoints* checkpoints) {
  // Networks side by side need no waiting for each other; threads that are left over work inside a network.
  const auto side_by_side = static_cast<unsigned>(std::clamp<std::size_t>(tasks.size(), 1, threads_));
  const unsigned inside = threads_ / side_by_side;
  std::vector<TrainedNetwork> trained(tasks.size());
  TrainingProgress progress(tasks, control);
  WorkerPool networks(side_by_side);
  FirstFailure failure;
  networks.run(tasks.size(), [&](std::size_t task, unsigned) {
    try {
      failure.check();
      WorkerPool pool(inside);
      const auto visited = [&](std::uint64_t done) {
        failure.check();
        progress.add(done);
      };
      const auto start = [&] { return std::make_unique<NetworkOptimiser>(tasks[task], rows, pool, control); };
      trained[task] = train_network(tasks[task], rows, control, start, visited, checkpoints);
    } catch (...) {
      failure.note();
    }
  });
  failure.rethrow();
  return trained;
}

std::shared_ptr<const Predictor> CpuBackend::load(std::span<const Network> networks, Precision precision) {
  return std::make_shared<CpuPredictor>(networks, precision);
}

std::unique_ptr<HistogramFill> CpuBackend::start_fill(HistogramFillPlan plan) {
  return std::make_unique<CpuHistogramFill>(std::move(plan), *kernel_set().fill, threads_);
}

}  // namespace caloscope
