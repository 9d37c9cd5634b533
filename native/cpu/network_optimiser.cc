#include "cpu/network_optimiser.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "core/standardisation.h"
#include "cpu/cross_entropy.h"
#include "cpu/kernel_set.h"

namespace caloscope {
namespace {

/// Columns of the sparse gradient that one tile works on.
constexpr std::size_t tile_columns = 128;
/// Parameters that one tile of the update works on.
constexpr std::size_t tile_parameters = 32768;

}  // namespace

NetworkOptimiser::NetworkOptimiser(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool,
                                   JobControl& control)
    : task_(task),
      rows_(rows),
      pool_(pool),
      control_(control),
      network_(initial_network(task.shape, task.seed, stream_number(TrainingStream::parameters, task.number))),
      moments_(network_.layers.size()),
      states_(network_.layers.size()) {
  network_.standardisation = fit_standardisation(rows, task.training_rows, control);
  const auto count = static_cast<double>(task.training_rows.size());
  const auto references = static_cast<double>(
      std::count_if(task.training_rows.begin(), task.training_rows.end(),
                    [&](std::uint32_t row) { return rows.is_reference(row); }));
  class_weight_[1] = count / (2 * references);
  class_weight_[0] = count / (2 * (count - references));
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    state.weight_gradient.resize(layer.weight.size());
    state.bias_gradient.resize(layer.outputs);
    const std::vector<float> weights(layer.weight.size()), biases(layer.outputs);
    moments_[i] = {weights, weights, biases, biases};
  }
}

void NetworkOptimiser::for_tiles(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body) {
  pool_.run(tiles, [&](std::size_t tile, unsigned worker) {
    control_.check();
    body(tile, worker);
  });
}

void NetworkOptimiser::restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) {
  network_ = std::move(network);
  moments_ = std::move(moments);
  steps_done_ = steps;
}

double NetworkOptimiser::step(std::span<const std::uint32_t> rows, const Place& place, double learning_rate) {
  place_ = place;
  gather(rows);
  forward(rows.size());
  const double loss = loss_and_delta(rows);
  backward(rows.size());
  update(learning_rate);
  return loss;
}

void NetworkOptimiser::gather(std::span<const std::uint32_t> rows) {
  batch_.begin(dense_columns(rows_.reference), rows_.reference.columns());
  for (const std::uint32_t row : rows) {
    batch_.add(rows_.table_of(row), rows_.row_in_table(row), network_.standardisation);
  }
}

void NetworkOptimiser::forward(std::size_t count) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    pack_weights(layer, i == 0 ? batch_.dense_columns() : layer.inputs, state.panels);
    state.pre_activation.resize(count * layer.outputs);
    state.output.resize(count * layer.outputs);
    if (task_.settings.dropout > 0) state.dropout.resize(count * layer.outputs);
    for_tiles(tiles_of(count), [&](std::size_t tile, unsigned) {
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
void NetworkOptimiser::draw_dropout(std::size_t layer, std::size_t first, std::size_t end) {
  const std::size_t width = network_.layers[layer].outputs;
  const std::uint64_t blocks = (width + 3) / 4;
  const Philox philox(task_.seed, stream_number(TrainingStream::dropout, task_.number, place_.epoch));
  const double kept = 1 - task_.settings.dropout;
  const auto threshold = static_cast<std::uint64_t>(kept * 0x1p32);
  const auto factor = static_cast<float>(1 / kept);
  for (std::size_t row = first; row < end; ++row) {
    const std::uint64_t place = place_.first_row + row;
    float* factors = states_[layer].dropout.data() + row * width;
    for (std::size_t column = 0; column < width; column += 4) {
      const auto numbers = philox.block((static_cast<std::uint64_t>(layer) << 56) | (place * blocks + column / 4));
      for (std::size_t j = 0; j < 4 && column + j < width; ++j) {
        factors[column + j] = numbers[j] < threshold ? factor : 0.0F;
      }
    }
  }
}

void NetworkOptimiser::apply_activation(std::size_t layer, std::size_t first, std::size_t end) {
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

void NetworkOptimiser::apply_slope(std::size_t layer, std::size_t first, std::size_t end) {
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
double NetworkOptimiser::loss_and_delta(std::span<const std::uint32_t> rows) {
  const std::size_t count = rows.size();
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

void NetworkOptimiser::backward(std::size_t count) {
  for (std::size_t i = states_.size(); i-- > 0;) {
    weight_gradient(i, count);
    if (i > 0) delta_through(i, count);
  }
}

/// δ of the layer before: (δ·Wᵀ) ∘ f′(z).
void NetworkOptimiser::delta_through(std::size_t i, std::size_t count) {
  const KernelSet& kernels = kernel_set();
  const auto& layer = network_.layers[i];
  auto& state = states_[i];
  auto& before = states_[i - 1];
  pack_panels(layer.weight.data(), 1, layer.outputs, layer.outputs, layer.inputs, state.transposed_panels);
  before.delta.resize(count * layer.inputs);
  for_tiles(tiles_of(count), [&](std::size_t tile, unsigned) {
    const std::size_t first = tile * tile_rows;
    const std::size_t end = std::min(count, first + tile_rows);
    kernels.multiply(state.delta.data() + first * layer.outputs, layer.outputs, 1, state.transposed_panels.data(),
                     end - first, layer.inputs, layer.outputs, before.delta.data() + first * layer.inputs,
                     layer.inputs, false);
    apply_slope(i - 1, first, end);
  });
}

/// ∂loss/∂W = aᵀ·δ and ∂loss/∂b = Σ δ; every element is summed over the batch rows in order.
void NetworkOptimiser::weight_gradient(std::size_t i, std::size_t count) {
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
  for_tiles(tiles_of(dense_inputs), [&](std::size_t tile, unsigned) {
    const std::size_t first = tile * tile_rows;
    const std::size_t end = std::min(dense_inputs, first + tile_rows);
    kernels.multiply(a + first, 1, static_cast<std::ptrdiff_t>(dense_inputs), state.delta_panels.data(), end - first,
                     outputs, count, state.weight_gradient.data() + first * outputs, outputs, false);
  });
  if (i > 0 || batch_.sparse_columns() == 0) return;
  const SparseRows transposed = batch_.sparse_transposed();
  float* gradient = state.weight_gradient.data() + dense_inputs * outputs;
  std::fill_n(gradient, std::size_t{batch_.sparse_columns()} * outputs, 0.0F);
  for_tiles((outputs + tile_columns - 1) / tile_columns, [&](std::size_t tile, unsigned) {
    const std::size_t first = tile * tile_columns;
    kernels.sparse_multiply(transposed, 0, batch_.sparse_columns(), state.delta.data(), outputs, first,
                            std::min(outputs, first + tile_columns), gradient);
  });
}

void NetworkOptimiser::update(double rate) {
  const KernelSet& kernels = kernel_set();
  const auto& settings = task_.settings;
  const auto t = static_cast<double>(++steps_done_);
  const double correction1 = 1 - std::pow(settings.beta1, t);
  const double correction2 = std::sqrt(1 - std::pow(settings.beta2, t));
  AdamStep step{static_cast<float>(rate * correction2 / correction1), static_cast<float>(settings.beta1),
                static_cast<float>(settings.beta2), static_cast<float>(settings.epsilon * correction2),
                static_cast<float>(rate * settings.weight_decay)};
  AdamStep without_decay = step;
  without_decay.decay = 0;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    auto& layer = network_.layers[i];
    auto& moments = moments_[i];
    auto& state = states_[i];
    const std::size_t count = layer.weight.size();
    for_tiles((count + tile_parameters - 1) / tile_parameters, [&](std::size_t tile, unsigned) {
      const std::size_t first = tile * tile_parameters;
      kernels.adam(step, std::min(tile_parameters, count - first), state.weight_gradient.data() + first,
                   moments.weight_mean.data() + first, moments.weight_square.data() + first,
                   layer.weight.data() + first);
    });
    kernels.adam(without_decay, layer.outputs, state.bias_gradient.data(), moments.bias_mean.data(),
                 moments.bias_square.data(), layer.bias.data());
  }
}

}  // namespace caloscope
