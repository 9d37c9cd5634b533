#include "cpu/trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "core/error.h"
#include "core/random.h"
#include "core/shuffle.h"
#include "core/standardisation.h"
#include "cpu/kernel_set.h"

namespace caloscope {
namespace {

/// Columns of the sparse gradient that one tile works on.
constexpr std::size_t tile_columns = 128;
/// Parameters that one tile of the update works on.
constexpr std::size_t tile_parameters = 32768;
/// Gain in validation loss, in nats, below which an epoch counts as idle.
constexpr double least_progress = 1e-4;
/// What the learning rate is multiplied with on a plateau.
constexpr double plateau_step = 0.3;
/// Learning rate at the end of the cosine, as a share of the highest.
constexpr double final_rate_share = 0.01;

/// ln(1 + exp(x)) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

/// Binary cross-entropy of a logit, in nats.
double cross_entropy(double logit, bool reference) { return reference ? softplus(-logit) : softplus(logit); }

}  // namespace

Trainer::Trainer(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
                 std::function<void(std::uint64_t)> visited)
    : task_(task),
      rows_(rows),
      pool_(pool),
      control_(control),
      visited_(std::move(visited)),
      network_(initial_network(task.shape, task.seed, stream_number(TrainingStream::parameters, task.number))),
      states_(network_.layers.size()) {
  const auto count = static_cast<double>(task.training_rows.size());
  const auto references = static_cast<double>(
      std::count_if(task.training_rows.begin(), task.training_rows.end(),
                    [&](std::uint32_t row) { return rows.is_reference(row); }));
  class_weight_[1] = count / (2 * references);
  class_weight_[0] = count / (2 * (count - references));
  for (const std::uint32_t row : task.validation_rows) {
    validation_places_[rows.is_reference(row)].push_back(static_cast<std::uint32_t>(rows.row_in_table(row)));
  }
  steps_in_epoch_ = (task.training_rows.size() + task.settings.batch_size - 1) / task.settings.batch_size;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    state.weight_gradient.resize(layer.weight.size());
    state.weight_m.resize(layer.weight.size());
    state.weight_v.resize(layer.weight.size());
    state.bias_gradient.resize(layer.outputs);
    state.bias_m.resize(layer.outputs);
    state.bias_v.resize(layer.outputs);
  }
}

TrainedNetwork Trainer::run() {
  network_.standardisation = fit_standardisation(rows_, task_.training_rows, control_);
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
      best.network = network_;
      record.best_epoch = epoch_;
    }
    idle_epochs = progress ? 0 : idle_epochs + 1;
    if (!progress && task_.settings.schedule == Schedule::plateau) {
      network_ = best.network;
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

/// A cancelled job leaves between two tiles: a step of a wide network takes too long to wait for.
void Trainer::run_tiles(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body) {
  pool_.run(tiles, [&](std::size_t tile, unsigned worker) {
    control_.check();
    body(tile, worker);
  });
}

double Trainer::epoch() {
  std::vector<std::uint32_t> order = task_.training_rows;
  shuffle(order, RandomStream(task_.seed, stream_number(TrainingStream::shuffle, task_.number, epoch_)));
  double loss = 0;
  for (step_in_epoch_ = 0; step_in_epoch_ < steps_in_epoch_; ++step_in_epoch_) {
    control_.check();
    const std::size_t first = step_in_epoch_ * task_.settings.batch_size;
    const std::size_t count = std::min<std::size_t>(task_.settings.batch_size, order.size() - first);
    loss += step(order.data() + first, count);
    ++steps_done_;
    visited_(count);
  }
  return loss / static_cast<double>(order.size());
}

double Trainer::step(const std::uint32_t* rows, std::size_t count) {
  gather(rows, count);
  forward(count);
  const double loss = loss_and_delta(rows, count);
  backward(count);
  update();
  return loss;
}

void Trainer::gather(const std::uint32_t* rows, std::size_t count) {
  batch_.begin(dense_columns(rows_.reference), rows_.reference.columns());
  for (std::size_t i = 0; i < count; ++i) {
    batch_.add(rows_.table_of(rows[i]), rows_.row_in_table(rows[i]), network_.standardisation);
  }
}

void Trainer::forward(std::size_t count) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    pack_weights(layer, i == 0 ? batch_.dense_columns() : layer.inputs, state.panels);
    state.pre_activation.resize(count * layer.outputs);
    state.output.resize(count * layer.outputs);
    if (task_.settings.dropout > 0) state.dropout.resize(count * layer.outputs);
    run_tiles(tiles_of(count), [&](std::size_t tile, unsigned) {
      const std::size_t first = tile * tile_rows;
      const std::size_t end = std::min(count, first + tile_rows);
      if (i == 0) {
        first_layer(batch_, first, end, layer, state.panels, state.pre_activation.data());
      } else {
        later_layer(states_[i - 1].output.data() + first * layer.inputs, end - first, layer, state.panels,
                    state.pre_activation.data() + first * layer.outputs);
      }
      if (i + 1 < states_.size()) apply_activation(i, first, end);
    });
  }
}

/// The factors of the rows [first, end) of this step: a function of seed, network, epoch, place and column.
void Trainer::draw_dropout(std::size_t layer, std::size_t first, std::size_t end) {
  const std::size_t width = network_.layers[layer].outputs;
  const std::uint64_t blocks = (width + 3) / 4;
  const Philox philox(task_.seed, stream_number(TrainingStream::dropout, task_.number, epoch_));
  const double kept = 1 - task_.settings.dropout;
  const auto threshold = static_cast<std::uint64_t>(kept * 0x1p32);
  const auto factor = static_cast<float>(1 / kept);
  for (std::size_t row = first; row < end; ++row) {
    const std::uint64_t place = step_in_epoch_ * task_.settings.batch_size + row;
    float* factors = states_[layer].dropout.data() + row * width;
    for (std::size_t column = 0; column < width; column += 4) {
      const auto numbers = philox.block((static_cast<std::uint64_t>(layer) << 56) | (place * blocks + column / 4));
      for (std::size_t j = 0; j < 4 && column + j < width; ++j) {
        factors[column + j] = numbers[j] < threshold ? factor : 0.0F;
      }
    }
  }
}

void Trainer::apply_activation(std::size_t layer, std::size_t first, std::size_t end) {
  auto& state = states_[layer];
  const std::size_t width = network_.layers[layer].outputs;
  const std::size_t begin = first * width;
  const std::size_t count = (end - first) * width;
  activate_all(network_.activation, network_.slope, state.pre_activation.data() + begin, state.output.data() + begin,
               count);
  if (task_.settings.dropout == 0) return;
  draw_dropout(layer, first, end);
  for (std::size_t i = begin; i < begin + count; ++i) state.output[i] *= state.dropout[i];
}

void Trainer::apply_slope(std::size_t layer, std::size_t first, std::size_t end) {
  auto& state = states_[layer];
  const std::size_t width = network_.layers[layer].outputs;
  const std::size_t begin = first * width;
  const std::size_t count = (end - first) * width;
  multiply_by_slope(network_.activation, network_.slope, state.pre_activation.data() + begin,
                    state.delta.data() + begin, count);
  if (task_.settings.dropout == 0) return;
  for (std::size_t i = begin; i < begin + count; ++i) state.delta[i] *= state.dropout[i];
}

/// Returns the summed weighted loss and sets δ of the last layer to the gradient of the batch mean.
double Trainer::loss_and_delta(const std::uint32_t* rows, std::size_t count) {
  auto& last = states_.back();
  last.delta.resize(count);
  double loss = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double logit = last.pre_activation[i];
    const bool reference = rows_.is_reference(rows[i]);
    const double weight = class_weight_[reference];
    loss += weight * cross_entropy(logit, reference);
    const double sigmoid = 1 / (1 + std::exp(-logit));
    last.delta[i] = static_cast<float>(weight * (sigmoid - (reference ? 1.0 : 0.0)) / static_cast<double>(count));
  }
  return loss;
}

void Trainer::backward(std::size_t count) {
  for (std::size_t i = states_.size(); i-- > 0;) {
    weight_gradient(i, count);
    if (i > 0) delta_through(i, count);
  }
}

/// δ of the layer before: (δ·Wᵀ) ∘ f′(z).
void Trainer::delta_through(std::size_t i, std::size_t count) {
  const KernelSet& kernels = kernel_set();
  const auto& layer = network_.layers[i];
  auto& state = states_[i];
  auto& before = states_[i - 1];
  pack_panels(layer.weight.data(), 1, layer.outputs, layer.outputs, layer.inputs, state.transposed_panels);
  before.delta.resize(count * layer.inputs);
  run_tiles(tiles_of(count), [&](std::size_t tile, unsigned) {
    const std::size_t first = tile * tile_rows;
    const std::size_t end = std::min(count, first + tile_rows);
    kernels.multiply(state.delta.data() + first * layer.outputs, layer.outputs, 1, state.transposed_panels.data(),
                     end - first, layer.inputs, layer.outputs, before.delta.data() + first * layer.inputs,
                     layer.inputs, false);
    apply_slope(i - 1, first, end);
  });
}

/// ∂loss/∂W = aᵀ·δ and ∂loss/∂b = Σ δ; every element is summed over the batch rows in order.
void Trainer::weight_gradient(std::size_t i, std::size_t count) {
  const KernelSet& kernels = kernel_set();
  const auto& layer = network_.layers[i];
  auto& state = states_[i];
  const std::size_t outputs = layer.outputs;
  std::fill(state.bias_gradient.begin(), state.bias_gradient.end(), 0.0F);
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t j = 0; j < outputs; ++j) state.bias_gradient[j] += state.delta[row * outputs + j];
  }
  pack_panels(state.delta.data(), static_cast<std::ptrdiff_t>(outputs), 1, count, outputs, state.delta_panels);
  const std::size_t dense_inputs = i == 0 ? batch_.dense_columns() : layer.inputs;
  const float* a = i == 0 ? batch_.dense() : states_[i - 1].output.data();
  run_tiles(tiles_of(dense_inputs), [&](std::size_t tile, unsigned) {
    const std::size_t first = tile * tile_rows;
    const std::size_t end = std::min(dense_inputs, first + tile_rows);
    kernels.multiply(a + first, 1, static_cast<std::ptrdiff_t>(dense_inputs), state.delta_panels.data(), end - first,
                     outputs, count, state.weight_gradient.data() + first * outputs, outputs, false);
  });
  if (i > 0 || batch_.sparse_columns() == 0) return;
  const SparseRows transposed = batch_.sparse_transposed();
  float* gradient = state.weight_gradient.data() + dense_inputs * outputs;
  std::fill_n(gradient, std::size_t{batch_.sparse_columns()} * outputs, 0.0F);
  run_tiles((outputs + tile_columns - 1) / tile_columns, [&](std::size_t tile, unsigned) {
    const std::size_t first = tile * tile_columns;
    kernels.sparse_multiply(transposed, 0, batch_.sparse_columns(), state.delta.data(), outputs, first,
                            std::min(outputs, first + tile_columns), gradient);
  });
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

void Trainer::update() {
  const KernelSet& kernels = kernel_set();
  const auto& settings = task_.settings;
  const double rate = last_rate_ = learning_rate();
  const auto t = static_cast<double>(steps_done_ + 1);
  const double correction1 = 1 - std::pow(settings.beta1, t);
  const double correction2 = std::sqrt(1 - std::pow(settings.beta2, t));
  AdamStep step{static_cast<float>(rate * correction2 / correction1), static_cast<float>(settings.beta1),
                static_cast<float>(settings.beta2), static_cast<float>(settings.epsilon * correction2),
                static_cast<float>(rate * settings.weight_decay)};
  AdamStep without_decay = step;
  without_decay.decay = 0;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    auto& layer = network_.layers[i];
    auto& state = states_[i];
    const std::size_t count = layer.weight.size();
    run_tiles((count + tile_parameters - 1) / tile_parameters, [&](std::size_t tile, unsigned) {
      const std::size_t first = tile * tile_parameters;
      kernels.adam(step, std::min(tile_parameters, count - first), state.weight_gradient.data() + first,
                   state.weight_m.data() + first, state.weight_v.data() + first, layer.weight.data() + first);
    });
    kernels.adam(without_decay, layer.outputs, state.bias_gradient.data(), state.bias_m.data(), state.bias_v.data(),
                 layer.bias.data());
  }
}

/// Balanced with the class counts of the validation rows themselves.
double Trainer::validation_loss() {
  const PackedNetwork packed(network_, dense_columns(rows_.reference));
  return 0.5 * (validation_loss_of(packed, false) + validation_loss_of(packed, true));
}

double Trainer::validation_loss_of(const PackedNetwork& packed, bool reference) {
  const auto& places = validation_places_[reference];
  const FeatureTable& table = reference ? rows_.reference : rows_.generated;
  std::vector<float> logits(places.size());
  std::vector<PackedNetwork::Scratch> scratch(pool_.threads());
  run_tiles(tiles_of(places.size()), [&](std::size_t tile, unsigned worker) {
    const std::size_t first = tile * tile_rows;
    packed.predict(table, places.data() + first, std::min(tile_rows, places.size() - first), scratch[worker],
                   logits.data() + first);
  });
  double sum = 0;
  for (const float logit : logits) sum += cross_entropy(logit, reference);
  return sum / static_cast<double>(places.size());
}

}  // namespace caloscope
