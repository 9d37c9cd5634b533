#include "core/training/side_by_side.h"

#include <atomic>
#include <exception>
#include <mutex>

#include "core/run/error.h"
#include "core/run/worker_pool.h"

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

/// The failure of one network ends those beside it.
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

std::vector<TrainedNetwork> train_side_by_side(
    std::span<const TrainingTask> tasks, unsigned workers, JobControl& control,
    const std::function<TrainedNetwork(const TrainingTask& task, unsigned worker,
                                       const std::function<void(std::uint64_t rows)>& visited)>& train) {
  std::vector<TrainedNetwork> trained(tasks.size());
  TrainingProgress progress(tasks, control);
  FirstFailure failure;
  WorkerPool(workers).run(tasks.size(), [&](std::size_t task, unsigned worker) {
    try {
      failure.check();
      trained[task] = train(tasks[task], worker, [&](std::uint64_t done) {
        failure.check();
        progress.add(done);
      });
    } catch (...) {
      failure.note();
    }
  });
  failure.rethrow();
  return trained;
}

}  // namespace caloscope
