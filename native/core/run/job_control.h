#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

namespace caloscope {

/// How far a job is. `done` and `total` are counted in `unit`; `message` may name the stage.
struct Progress {
  double done = 0;
  double total = 0;
  std::string message;
};

/// What a running job shares with the thread that started it: cancellation one way, progress the other.
/// All members may be called from any thread.
class JobControl {
 public:
  using ProgressSink = std::function<void(const Progress&)>;

  JobControl() = default;
  /// `sink` is called on the job's own threads, one call at a time; it must be quick.
  explicit JobControl(ProgressSink sink) : sink_(std::move(sink)) {}
  /// Of a part of a job: cancelled with the whole, which must outlive it; its own progress is not reported.
  explicit JobControl(const JobControl* whole) : whole_(whole) {}

  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_relaxed) || (whole_ != nullptr && whole_->cancelled());
  }

  /// Throws Error(cancelled) once cancel() was called. Every loop asks at least once a few milliseconds.
  void check() const;

  /// Threads that count together may report out of order: what is behind the furthest of its stage is passed over.
  void report(Progress progress);

 private:
  const JobControl* whole_ = nullptr;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  ProgressSink sink_;
  Progress furthest_;
};

}  // namespace caloscope
