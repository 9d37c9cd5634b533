#include "core/training/training_course.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Gain in validation loss, in nats, below which an epoch counts as idle.
constexpr double least_progress = 1e-4;
/// What the learning rate is multiplied with on a plateau.
constexpr double plateau_step = 0.3;
/// Learning rate at the end of the cosine, as a share of the highest.
constexpr double final_rate_share = 0.01;

}  // namespace

TrainingCourse::TrainingCourse(const TrainingTask& task)
    : task_(&task),
      steps_in_epoch_((task.training_rows.size() + task.settings.batch_size - 1) / task.settings.batch_size) {
  record_.training_rows = task.training_rows.size();
  record_.validation_rows = task.validation_rows.size();
}

double TrainingCourse::learning_rate(std::uint64_t step) const {
  const auto& settings = task_->settings;
  const auto done = static_cast<double>(steps_done() + step);
  const auto warm_up = static_cast<double>(steps_in_epoch_);
  const auto total = warm_up * settings.epochs;
  const double ramp = std::min(1.0, (done + 1) / warm_up);
  if (settings.schedule != Schedule::cosine || total <= warm_up) {
    return settings.learning_rate * ramp * plateau_factor_;
  }
  const double progress = std::clamp((done - warm_up) / (total - warm_up), 0.0, 1.0);
  const double cosine = final_rate_share + (1 - final_rate_share) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  return settings.learning_rate * ramp * cosine;
}

TrainingCourse::Outcome TrainingCourse::note(const EpochRecord& entry) {
  const auto& settings = task_->settings;
  if (!std::isfinite(entry.training_loss) || !std::isfinite(entry.validation_loss)) {
    throw Error(ErrorCode::training, "network " + std::to_string(task_->number) + " diverged in epoch " +
                                         std::to_string(epoch()) + "; use a smaller learning rate");
  }
  Outcome outcome;
  const bool progress = entry.validation_loss < best_loss_ - least_progress;
  outcome.best = entry.validation_loss < best_loss_;
  outcome.goes_back = !progress && settings.schedule == Schedule::plateau;
  if (outcome.best) {
    best_loss_ = entry.validation_loss;
    record_.best_epoch = epoch();
  }
  if (outcome.goes_back) plateau_factor_ *= plateau_step;
  at_best_ = outcome.best || outcome.goes_back;
  record_.epochs.push_back(entry);
  idle_epochs_ = progress ? 0 : idle_epochs_ + 1;
  over_ = idle_epochs_ >= settings.patience || epoch() >= settings.epochs;
  record_.stopped_early = over_ && epoch() < settings.epochs;
  return outcome;
}

}  // namespace caloscope
