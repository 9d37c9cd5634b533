#pragma once

#include <cstdint>
#include <limits>

#include "core/training/training.h"

namespace caloscope {

/// The course of a training: the learning rate of each step, which epoch is the best, when parameters go back to it and
/// when training ends. All of it follows from what the epochs came to, so a course is restored by noting them again.
class TrainingCourse {
 public:
  /// The task must outlive the course.
  explicit TrainingCourse(const TrainingTask& task);

  /// Whether no epoch is left to do.
  bool over() const { return over_; }
  /// Number of the epoch that comes next.
  std::uint32_t epoch() const { return static_cast<std::uint32_t>(record_.epochs.size()); }
  std::uint64_t steps_in_epoch() const { return steps_in_epoch_; }
  /// Steps of the epochs that are done.
  std::uint64_t steps_done() const { return steps_in_epoch_ * epoch(); }
  /// For step `step` of the epoch that comes next.
  double learning_rate(std::uint64_t step) const;

  /// What an epoch asks for: the parameters are to be kept as the best ones, or to be replaced by those (which may be
  /// the very same).
  struct Outcome {
    bool best = false;
    bool goes_back = false;
  };

  /// Takes note of an epoch. Throws Error(training) when a loss is not finite.
  Outcome note(const EpochRecord& entry);

  /// Whether the parameters are those of the best epoch: true after an epoch that was the best or went back.
  bool at_best() const { return at_best_; }

  const TrainingRecord& record() const { return record_; }

 private:
  const TrainingTask* task_;
  std::uint64_t steps_in_epoch_;
  TrainingRecord record_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  double plateau_factor_ = 1;
  std::uint32_t idle_epochs_ = 0;
  bool at_best_ = false;
  bool over_ = false;
};

}  // namespace caloscope
