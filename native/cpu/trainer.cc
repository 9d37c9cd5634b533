#include "cpu/trainer.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/random.h"
#include "core/shuffle.h"
#include "core/training_course.h"
#include "cpu/cross_entropy.h"
#include "cpu/forward_pass.h"
#include "cpu/network_optimiser.h"

namespace caloscope {
namespace {

using Visited = std::function<void(std::uint64_t rows)>;

class Trainer {
 public:
  Trainer(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
          const Visited& visited);

  /// Goes on from there.
  void restore(TrainingState state);

  TrainedNetwork run(const Checkpoints* checkpoints);

 private:
  double epoch();
  double validation_loss();
  double validation_loss_of(const PackedNetwork& packed, bool reference);

  const TrainingTask& task_;
  const LabelledRows& rows_;
  WorkerPool& pool_;
  JobControl& control_;
  const Visited& visited_;

  TrainingCourse course_;
  NetworkOptimiser optimiser_;
  Network best_;
  std::vector<std::uint32_t> validation_places_[2];  ///< rows in the generated and in the reference table
  double last_rate_ = 0;                             ///< learning rate of the last step
};

Trainer::Trainer(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
                 const Visited& visited)
    : task_(task),
      rows_(rows),
      pool_(pool),
      control_(control),
      visited_(visited),
      course_(task),
      optimiser_(task, rows, pool, control) {
  for (const std::uint32_t row : task.validation_rows) {
    validation_places_[rows.is_reference(row)].push_back(static_cast<std::uint32_t>(rows.row_in_table(row)));
  }
}

void Trainer::restore(TrainingState state) {
  course_ = std::move(state.course);
  best_ = std::move(state.best);
  optimiser_.restore(std::move(state.network), std::move(state.moments), course_.steps_done());
  visited_(course_.epoch() * task_.training_rows.size());
}

TrainedNetwork Trainer::run(const Checkpoints* checkpoints) {
  while (!course_.over()) {
    EpochRecord entry;
    entry.training_loss = epoch();
    entry.learning_rate = last_rate_;
    entry.validation_loss = validation_loss();
    const auto outcome = course_.note(entry);
    if (outcome.best) {
      best_ = optimiser_.network();
    } else if (outcome.goes_back) {
      optimiser_.replace_network(best_);
    }
    if (checkpoints) checkpoints->save(task_, course_, best_, optimiser_.network(), optimiser_.moments());
  }
  visited_((task_.settings.epochs - course_.epoch()) * task_.training_rows.size());
  return {std::move(best_), course_.record()};
}

double Trainer::epoch() {
  const std::uint32_t number = course_.epoch();
  std::vector<std::uint32_t> order = task_.training_rows;
  shuffle(order, RandomStream(task_.seed, stream_number(TrainingStream::shuffle, task_.number, number)));
  double loss = 0;
  std::uint64_t step = 0;
  for (std::size_t first = 0; first < order.size(); first += task_.settings.batch_size) {
    control_.check();
    const std::size_t count = std::min<std::size_t>(task_.settings.batch_size, order.size() - first);
    last_rate_ = course_.learning_rate(step++);
    loss += optimiser_.step({order.data() + first, count}, {number, first}, last_rate_);
    visited_(count);
  }
  return loss / static_cast<double>(order.size());
}

/// Balanced with the class counts of the validation rows themselves.
double Trainer::validation_loss() {
  const PackedNetwork packed(optimiser_.network(), dense_columns(rows_.reference, crowded_forward), Precision::float32);
  return 0.5 * (validation_loss_of(packed, false) + validation_loss_of(packed, true));
}

double Trainer::validation_loss_of(const PackedNetwork& packed, bool reference) {
  const auto& places = validation_places_[reference];
  const FeatureTable& table = reference ? rows_.reference : rows_.generated;
  std::vector<float> logits(places.size());
  std::vector<InputTile> inputs(pool_.threads());
  std::vector<PackedNetwork::Scratch> scratch(pool_.threads());
  optimiser_.for_tiles((places.size() + tile_rows - 1) / tile_rows, [&](std::size_t tile, unsigned worker) {
    const std::size_t first = tile * tile_rows;
    const std::span rows(places.data() + first, std::min(tile_rows, places.size() - first));
    inputs[worker].gather(table, rows, dense_columns(rows_.reference, crowded_forward));
    packed.predict(inputs[worker], scratch[worker], logits.data() + first);
  });
  double sum = 0;
  for (const float logit : logits) sum += cross_entropy(logit, reference);
  return sum / static_cast<double>(places.size());
}

}  // namespace

TrainedNetwork train_network(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
                             const Visited& visited, const Checkpoints* checkpoints) {
  auto state = checkpoints ? checkpoints->load(task) : std::nullopt;
  if (state && state->course.over()) {
    visited(task.settings.epochs * task.training_rows.size());
    return {std::move(state->best), state->course.record()};
  }
  Trainer trainer(task, rows, pool, control, visited);
  if (state) trainer.restore(std::move(*state));
  return trainer.run(checkpoints);
}

}  // namespace caloscope
