#include "cpu/trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "core/error.h"
#include "core/random.h"
#include "core/shuffle.h"
#include "cpu/cross_entropy.h"

namespace caloscope {
namespace {

/// Gain in validation loss, in nats, below which an epoch counts as idle.
constexpr double least_progress = 1e-4;
/// What the learning rate is multiplied with on a plateau.
constexpr double plateau_step = 0.3;
/// Learning rate at the end of the cosine, as a share of the highest.
constexpr double final_rate_share = 0.01;

}  // namespace

Trainer::Trainer(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
                 std::function<void(std::uint64_t)> visited)
    : task_(task),
      rows_(rows),
      pool_(pool),
      control_(control),
      visited_(std::move(visited)),
      optimiser_(task, rows, pool, control) {
  for (const std::uint32_t row : task.validation_rows) {
    validation_places_[rows.is_reference(row)].push_back(static_cast<std::uint32_t>(rows.row_in_table(row)));
  }
  steps_in_epoch_ = (task.training_rows.size() + task.settings.batch_size - 1) / task.settings.batch_size;
}

TrainedNetwork Trainer::run() {
  TrainedNetwork best;
  double best_loss = std::numeric_limits<double>::infinity();
  std::uint32_t idle_epochs = 0;
  TrainingRecord record;
  record.training_rows = task_.training_rows.size();
  record.validation_rows = task_.validation_rows.size();
  for (epoch_ = 0; epoch_ < task_.settings.epochs; ++epoch_) {
    EpochRecord entry;
    entry.training_loss = epoch();
    entry.learning_rate = last_rate_;
    entry.validation_loss = validation_loss();
    if (!std::isfinite(entry.training_loss) || !std::isfinite(entry.validation_loss)) {
      throw Error(ErrorCode::training, "network " + std::to_string(task_.number) + " diverged in epoch " +
                                           std::to_string(epoch_) + "; use a smaller learning rate");
    }
    record.epochs.push_back(entry);
    const bool progress = entry.validation_loss < best_loss - least_progress;
    if (entry.validation_loss < best_loss) {
      best_loss = entry.validation_loss;
      best.network = optimiser_.network();
      record.best_epoch = epoch_;
    }
    idle_epochs = progress ? 0 : idle_epochs + 1;
    if (!progress && task_.settings.schedule == Schedule::plateau) {
      optimiser_.replace_network(best.network);
      plateau_factor_ *= plateau_step;
    }
    if (idle_epochs >= task_.settings.patience) {
      record.stopped_early = epoch_ + 1 < task_.settings.epochs;
      break;
    }
  }
  visited_((task_.settings.epochs - record.epochs.size()) * task_.training_rows.size());
  best.record = std::move(record);
  return best;
}

double Trainer::epoch() {
  std::vector<std::uint32_t> order = task_.training_rows;
  shuffle(order, RandomStream(task_.seed, stream_number(TrainingStream::shuffle, task_.number, epoch_)));
  double loss = 0;
  for (std::size_t first = 0; first < order.size(); first += task_.settings.batch_size) {
    control_.check();
    const std::size_t count = std::min<std::size_t>(task_.settings.batch_size, order.size() - first);
    last_rate_ = learning_rate();
    loss += optimiser_.step({order.data() + first, count}, {epoch_, first}, last_rate_);
    ++steps_done_;
    visited_(count);
  }
  return loss / static_cast<double>(order.size());
}

double Trainer::learning_rate() const {
  const auto& settings = task_.settings;
  const auto done = static_cast<double>(steps_done_);
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

/// Balanced with the class counts of the validation rows themselves.
double Trainer::validation_loss() {
  const PackedNetwork packed(optimiser_.network(), dense_columns(rows_.reference), Precision::float32);
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
    inputs[worker].gather(table, rows, dense_columns(rows_.reference));
    packed.predict(inputs[worker], scratch[worker], logits.data() + first);
  });
  double sum = 0;
  for (const float logit : logits) sum += cross_entropy(logit, reference);
  return sum / static_cast<double>(places.size());
}

}  // namespace caloscope
