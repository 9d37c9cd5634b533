#include "core/training/network_training.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/run/random.h"
#include "core/training/shuffle.h"
#include "core/training/standardisation.h"
#include "core/training/training_course.h"

namespace caloscope {
namespace {

using Visited = std::function<void(std::uint64_t rows)>;

class Trainer {
 public:
  Trainer(const TrainingTask& task, const TrainingData& data, JobControl& control,
          std::unique_ptr<NetworkInTraining> network, const Visited& visited);

  /// Resumes from there.
  void restore(TrainingState state);

  TrainedNetwork run(const Checkpoints* checkpoints);

 private:
  double epoch();

  const TrainingTask& task_;
  JobControl& control_;
  const Visited& visited_;

  TrainingCourse course_;
  std::unique_ptr<NetworkInTraining> network_;
  Network best_;
  Objective objective_;
  std::vector<Target> validation_targets_;
  double last_rate_ = 0;  ///< learning rate of the last step
};

Trainer::Trainer(const TrainingTask& task, const TrainingData& data, JobControl& control,
                 std::unique_ptr<NetworkInTraining> network, const Visited& visited)
    : task_(task),
      control_(control),
      visited_(visited),
      course_(task),
      network_(std::move(network)),
      objective_(objective_on(data, task.training_rows)),
      validation_targets_(targets_of(data, task.validation_rows)) {}

void Trainer::restore(TrainingState state) {
  course_ = std::move(state.course);
  best_ = std::move(state.best);
  network_->restore(std::move(state.network), std::move(state.moments), course_.steps_done());
  visited_(course_.epoch() * task_.training_rows.size());
}

TrainedNetwork Trainer::run(const Checkpoints* checkpoints) {
  while (!course_.over()) {
    EpochRecord entry;
    entry.training_loss = epoch();
    entry.learning_rate = last_rate_;
    entry.validation_loss = mean_loss(objective_, network_->logits(task_.validation_rows), validation_targets_);
    const auto outcome = course_.note(entry);
    if (outcome.best) {
      best_ = network_->network();
    } else if (outcome.goes_back) {
      network_->replace_network(best_);
    }
    if (checkpoints) checkpoints->save(task_, course_, best_, network_->network(), network_->moments());
  }
  visited_((task_.settings.epochs - course_.epoch()) * task_.training_rows.size());
  return {std::move(best_), course_.record()};
}

double Trainer::epoch() {
  const std::uint32_t number = course_.epoch();
  std::vector<std::uint32_t> order = task_.training_rows;
  shuffle(order, RandomStream(task_.seed, stream_number(TrainingStream::shuffle, task_.number, number)));
  network_->begin_epoch(order);
  std::uint64_t step = 0;
  for (std::size_t first = 0; first < order.size(); first += task_.settings.batch_size) {
    control_.check();
    const std::size_t count = std::min<std::size_t>(task_.settings.batch_size, order.size() - first);
    last_rate_ = course_.learning_rate(step++);
    network_->step({number, first}, count, last_rate_);
    visited_(count);
  }
  return network_->take_loss() / static_cast<double>(order.size());
}

}  // namespace

TrainedNetwork train_network(const TrainingTask& task, const TrainingData& data, JobControl& control,
                             const std::function<std::unique_ptr<NetworkInTraining>()>& start, const Visited& visited,
                             const Checkpoints* checkpoints) {
  auto state = checkpoints ? checkpoints->load(task) : std::nullopt;
  if (state && state->course.over()) {
    visited(task.settings.epochs * task.training_rows.size());
    return {std::move(state->best), state->course.record()};
  }
  Trainer trainer(task, data, control, start(), visited);
  if (state) trainer.restore(std::move(*state));
  return trainer.run(checkpoints);
}

Network untrained_network(const TrainingTask& task, const TrainingData& data, JobControl& control) {
  Network network = initial_network(task.shape, task.seed, stream_number(TrainingStream::parameters, task.number));
  network.standardisation = fit_standardisation(data, task.training_rows, control);
  return network;
}

AdamStep adam_step(const TrainingSettings& settings, double learning_rate, std::uint64_t step) {
  const auto t = static_cast<double>(step);
  const double correction1 = 1 - std::pow(settings.beta1, t);
  const double correction2 = std::sqrt(1 - std::pow(settings.beta2, t));
  return {static_cast<float>(learning_rate * correction2 / correction1), static_cast<float>(settings.beta1),
          static_cast<float>(settings.beta2), static_cast<float>(settings.epsilon * correction2),
          static_cast<float>(learning_rate * settings.weight_decay)};
}

DropoutDraw dropout_draw(const TrainingTask& task, const StepPlace& place, std::size_t block, std::uint32_t width,
                         std::uint64_t row) {
  const std::uint64_t blocks = (std::uint64_t{width} + 3) / 4;
  const double kept = 1 - task.settings.dropout;
  return {
      .seed = task.seed,
      .stream = stream_number(TrainingStream::dropout, task.number, place.epoch),
      .counter = (static_cast<std::uint64_t>(block) << 56) | (place.first_row + row) * blocks,
      .threshold = static_cast<std::uint32_t>(kept * 0x1p32),
      .factor = static_cast<float>(1 / kept),
  };
}

}  // namespace caloscope
