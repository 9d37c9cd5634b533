#include "cpu/network_optimiser.h"

#include <algorithm>
#include <cmath>

#include "core/standardisation.h"
#include "cpu/cross_entropy.h"
#include "cpu/kernels/kernel_set.h"

namespace caloscope {
namespace {

/// Inputs of a layer whose weights are one tile: a multiple of all row blocks, panel widths and the sparse group would
/// be too large; of those of the AVX2 set.
constexpr std::size_t tile_inputs = 96;
static_assert(tile_inputs % sparse_group == 0);

double references_in(const TrainingTask& task, const LabelledRows& rows) {
  return static_cast<double>(std::ranges::count_if(
      task.training_rows, [&](std::uint32_t row) { return rows.is_reference(row); }));
}

}  // namespace

NetworkOptimiser::NetworkOptimiser(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool,
                                   JobControl& control)
    : task_(task),
      rows_(rows),
      pool_(pool),
      control_(control),
      network_(initial_network(task.shape, task.seed, stream_number(TrainingStream::parameters, task.number))),
      moments_(network_.layers.size()),
      states_(network_.layers.size()),
      dense_(dense_columns(rows.reference)),
      told_from_output_(network_.activation == Activation::relu ||
                        (network_.activation == Activation::leaky_relu && network_.slope >= 0)),
      leak_(network_.activation == Activation::relu ? 0 : network_.slope),
      scratch_(pool.threads()) {
  network_.standardisation = fit_standardisation(rows, task.training_rows, control);
  const auto count = static_cast<double>(task.training_rows.size());
  const double references = references_in(task, rows);
  class_weight_[1] = count / (2 * references);
  class_weight_[0] = count / (2 * (count - references));
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    state.stride = row_stride(layer.outputs);
    const std::vector<float> weights(layer.weight.size()), biases(layer.outputs);
    moments_[i] = {weights, weights, biases, biases};
    pack_layer(layer, dense_inputs(i), state.panels);  // makes them as long as they need to be
    if (i > 0) state.transposed.resize((layer.inputs + kernel_set().panel_width) * layer.outputs);
  }
  cut_weights();
  reserve(std::min<std::size_t>(task.settings.batch_size, task.training_rows.size()));
}

/// All memory that depends on the size of a batch.
void NetworkOptimiser::reserve(std::size_t batch_rows) {
  const KernelSet& kernels = kernel_set();
  const auto padded = [](std::size_t columns, std::size_t width) { return (columns + width - 1) / width * width; };
  input_.resize(batch_rows * row_stride(dense_));
  row_loss_.resize(batch_rows);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    auto& state = states_[i];
    const std::size_t outputs = network_.layers[i].outputs;
    const bool hidden = i + 1 < states_.size();
    state.output.resize(batch_rows * state.stride);
    state.delta.resize(batch_rows * state.stride);
    if (hidden && !told_from_output_) state.pre_activation.resize(batch_rows * state.stride);
    if (hidden && task_.settings.dropout > 0) state.dropout.resize(batch_rows * state.stride);
    state.delta_panels.dense.resize(padded(outputs, kernels.panel_width) * batch_rows);
    if (i == 0 && dense_ < network_.inputs()) {
      state.delta_panels.sparse.resize(padded(outputs, kernels.sparse_panel_width) * batch_rows);
    }
  }
}

void NetworkOptimiser::for_tiles(std::size_t tiles,
                                 const std::function<void(std::size_t tile, unsigned worker)>& body) {
  pool_.run(tiles, [&](std::size_t tile, unsigned worker) {
    control_.check();
    body(tile, worker);
  });
}

void NetworkOptimiser::replace_network(const Network& network) {
  network_ = network;
  packed_ = false;
}

void NetworkOptimiser::restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) {
  network_ = std::move(network);
  moments_ = std::move(moments);
  steps_done_ = steps;
  packed_ = false;
}

/// The largest tiles first, so that no thread is left with one at the end.
void NetworkOptimiser::cut_weights() {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const std::size_t inputs = network_.layers[i].inputs;
    for (std::size_t first = 0; first < inputs;) {
      // No tile has both dense and sparse inputs.
      const std::size_t bound = first < dense_inputs(i) ? dense_inputs(i) : inputs;
      const std::size_t end = std::min(first + tile_inputs, bound);
      weight_tiles_.push_back({i, first, end, false});
      first = end;
    }
  }
  for (std::size_t i = 0; i < states_.size(); ++i) weight_tiles_.push_back({i, 0, 0, true});
}

/// Tiles as large as the cache likes them, and a few for each thread.
void NetworkOptimiser::cut_rows(std::size_t count) {
  const std::size_t block = kernel_set().row_block;
  const std::size_t least = pool_.threads() == 1 ? 1 : std::size_t{2} * pool_.threads();
  const std::size_t tiles = std::max((count + tile_rows - 1) / tile_rows, least);
  const std::size_t size = ((count + tiles - 1) / tiles + block - 1) / block * block;
  row_tiles_.resize((count + size - 1) / size);
  for (std::size_t tile = 0; tile < row_tiles_.size(); ++tile) {
    row_tiles_[tile].first = tile * size;
    row_tiles_[tile].end = std::min(count, tile * size + size);
  }
  count_ = count;
}

double NetworkOptimiser::step(std::span<const std::uint32_t> rows, const Place& place, double learning_rate) {
  place_ = place;
  cut_rows(rows.size());
  set_adam_step(learning_rate);
  if (!packed_) {
    for_tiles(weight_tiles_.size(), [&](std::size_t tile, unsigned) { pack_weights(weight_tiles_[tile]); });
    packed_ = true;
  }
  for_tiles(row_tiles_.size(), [&](std::size_t tile, unsigned) { work_on_rows(row_tiles_[tile], rows); });
  if (dense_ < network_.inputs()) transpose_sparse();
  for_tiles(weight_tiles_.size(),
            [&](std::size_t tile, unsigned worker) { work_on_weights(weight_tiles_[tile], scratch_[worker]); });
  double loss = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) loss += row_loss_[row];
  return loss;
}

// ------------------------------------------------------------------------------------------ first pass: tiles of rows

void NetworkOptimiser::work_on_rows(RowTile& tile, std::span<const std::uint32_t> rows) {
  gather(tile, rows);
  forward(tile);
  loss_and_delta(tile, rows);
  backward(tile);
  pack_delta(tile);
}

void NetworkOptimiser::gather(RowTile& tile, std::span<const std::uint32_t> rows) {
  tile.input.begin(dense_, network_.inputs());
  for (std::size_t i = tile.first; i < tile.end; ++i) {
    tile.input.add(rows_.table_of(rows[i]), rows_.row_in_table(rows[i]));
  }
  tile.input.group();
  tile.input.standardise_dense(network_.standardisation, input_.data() + tile.first * row_stride(dense_));
}

void NetworkOptimiser::forward(RowTile& tile) {
  const std::size_t rows = tile.end - tile.first;
  const bool sparse = tile.input.sparse_columns() > 0;
  SparseGroups groups{};
  if (sparse) groups = tile.input.standardise_sparse(network_.standardisation, tile.values);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    const bool hidden = i + 1 < states_.size();
    const float* leak = hidden && told_from_output_ ? &leak_ : nullptr;
    auto& z = hidden && !told_from_output_ ? state.pre_activation : state.output;
    float* target = z.data() + tile.first * state.stride;
    if (i == 0) {
      first_layer(input_.data() + tile.first * row_stride(dense_), dense_, sparse ? &groups : nullptr,
                  tile.input.groups(), rows, layer, state.panels, leak, target, state.stride);
    } else {
      later_layer(states_[i - 1].output.data() + tile.first * states_[i - 1].stride, rows, layer, state.panels, leak,
                  target, state.stride);
    }
    if (hidden) activate(i, tile);
  }
}

/// What the products have not done already.
void NetworkOptimiser::activate(std::size_t layer, const RowTile& tile) {
  auto& state = states_[layer];
  const std::size_t begin = tile.first * state.stride;
  const std::size_t count = (tile.end - tile.first) * state.stride;
  if (!told_from_output_) {
    activate_all(network_.activation, network_.slope, state.pre_activation.data() + begin, state.output.data() + begin,
                 count);
  }
  if (state.dropout.empty()) return;
  draw_dropout(layer, tile);
  for (std::size_t i = begin; i < begin + count; ++i) state.output[i] *= state.dropout[i];
}

/// The factors of this step: a function of seed, network, epoch, place and column.
void NetworkOptimiser::draw_dropout(std::size_t layer, const RowTile& tile) {
  const std::size_t width = network_.layers[layer].outputs;
  const std::uint64_t blocks = (width + 3) / 4;
  const double kept = 1 - task_.settings.dropout;
  DropoutDraw draw{
      .seed = task_.seed,
      .stream = stream_number(TrainingStream::dropout, task_.number, place_.epoch),
      .counter = 0,
      .threshold = static_cast<std::uint32_t>(kept * 0x1p32),
      .factor = static_cast<float>(1 / kept),
  };
  auto& state = states_[layer];
  for (std::size_t row = tile.first; row < tile.end; ++row) {
    draw.counter = (static_cast<std::uint64_t>(layer) << 56) | (place_.first_row + row) * blocks;
    kernel_set().dropout(draw, width, state.dropout.data() + row * state.stride);
  }
}

/// The weighted loss of each row, and δ of the last layer: the gradient of the batch mean.
void NetworkOptimiser::loss_and_delta(const RowTile& tile, std::span<const std::uint32_t> rows) {
  auto& last = states_.back();
  for (std::size_t i = tile.first; i < tile.end; ++i) {
    const double logit = last.output[i * last.stride];
    const bool reference = rows_.is_reference(rows[i]);
    const double weight = class_weight_[reference];
    row_loss_[i] = weight * cross_entropy(logit, reference);
    const double sigmoid = 1 / (1 + std::exp(-logit));
    last.delta[i * last.stride] =
        static_cast<float>(weight * (sigmoid - (reference ? 1.0 : 0.0)) / static_cast<double>(count_));
  }
}

/// δ of the layer before: (δ·Wᵀ) ∘ f′(z).
void NetworkOptimiser::backward(const RowTile& tile) {
  const KernelSet& kernels = kernel_set();
  const std::size_t rows = tile.end - tile.first;
  for (std::size_t i = states_.size(); --i > 0;) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    auto& before = states_[i - 1];
    const std::size_t begin = tile.first * before.stride;
    float* delta = before.delta.data() + begin;
    kernels.multiply({state.delta.data() + tile.first * state.stride, state.stride}, state.transposed.data(), rows,
                     layer.inputs, layer.outputs, delta, before.stride, {});
    const float* factor = before.dropout.empty() ? nullptr : before.dropout.data() + begin;
    if (told_from_output_) {
      kernels.leaky_slope(before.output.data() + begin, leak_, factor, rows * before.stride, delta);
      continue;
    }
    multiply_by_slope(network_.activation, network_.slope, before.pre_activation.data() + begin, delta,
                      rows * before.stride);
    for (std::size_t j = 0; factor && j < rows * before.stride; ++j) delta[j] *= factor[j];
  }
}

void NetworkOptimiser::pack_delta(const RowTile& tile) {
  const KernelSet& kernels = kernel_set();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    auto& state = states_[i];
    const auto pack = [&](std::size_t width, std::vector<float>& panels) {
      kernels.pack(state.delta.data() + tile.first * state.stride, static_cast<std::ptrdiff_t>(state.stride), 1,
                   tile.end - tile.first, network_.layers[i].outputs, width, count_,
                   panels.data() + tile.first * width);
    };
    if (dense_inputs(i) > 0) pack(kernels.panel_width, state.delta_panels.dense);
    if (!state.delta_panels.sparse.empty()) pack(kernels.sparse_panel_width, state.delta_panels.sparse);
  }
}

// --------------------------------------------------------------------------------------- second pass: tiles of weights

/// The entries of all tiles column by column.
void NetworkOptimiser::transpose_sparse() {
  auto& [offset, next, row, value] = sparse_columns_;
  offset.assign(network_.inputs() - dense_ + 1, 0);
  const auto& standardisation = network_.standardisation;
  for (const auto& tile : row_tiles_) tile.input.count_columns(offset.data() + 1);
  for (std::size_t column = 1; column < offset.size(); ++column) offset[column] += offset[column - 1];
  next.assign(offset.begin(), offset.end() - 1);
  row.resize(offset.back());
  value.resize(offset.back());
  for (const auto& tile : row_tiles_) {
    tile.input.for_entries(standardisation, [&](std::size_t tile_row, std::uint32_t column, float x) {
      const std::size_t place = next[column]++;
      row[place] = static_cast<std::uint32_t>(tile.first + tile_row);
      value[place] = x;
    });
  }
}

void NetworkOptimiser::work_on_weights(const WeightTile& tile, Scratch& scratch) {
  if (tile.bias) {
    update_bias(tile.layer, scratch);
    return;
  }
  auto& layer = network_.layers[tile.layer];
  auto& moments = moments_[tile.layer];
  scratch.gradient.resize(tile_inputs * layer.outputs);
  if (tile.first < dense_inputs(tile.layer)) dense_gradient(tile, scratch);
  else sparse_gradient(tile, scratch);
  const std::size_t begin = tile.first * layer.outputs;
  kernel_set().adam(adam_, (tile.end - tile.first) * layer.outputs, scratch.gradient.data(),
                    moments.weight_mean.data() + begin, moments.weight_square.data() + begin,
                    layer.weight.data() + begin);
  pack_weights(tile);
}

/// ∂loss/∂W = aᵀ·δ; every element is summed over the batch rows in order.
void NetworkOptimiser::dense_gradient(const WeightTile& tile, Scratch& scratch) {
  const KernelSet& kernels = kernel_set();
  const std::size_t outputs = network_.layers[tile.layer].outputs;
  const std::size_t inputs = tile.end - tile.first;
  const bool first = tile.layer == 0;
  const float* a = first ? input_.data() : states_[tile.layer - 1].output.data();
  const std::size_t stride = first ? row_stride(dense_) : states_[tile.layer - 1].stride;
  scratch.packed.resize(tile_inputs * count_);
  kernels.pack_rows(a + tile.first, stride, inputs, count_, scratch.packed.data());
  kernels.multiply({scratch.packed.data(), 0}, states_[tile.layer].delta_panels.dense.data(), inputs, outputs, count_,
                   scratch.gradient.data(), outputs, {});
}

/// The same for sparse inputs: neighbouring voxels, which tend to be lit together, make a group.
void NetworkOptimiser::sparse_gradient(const WeightTile& tile, Scratch& scratch) {
  const auto& [offset, next, row, value] = sparse_columns_;
  const std::size_t outputs = network_.layers[0].outputs;
  const std::size_t begin = offset[tile.first - dense_];
  scratch.grouping.begin(count_);
  scratch.place.resize(offset[tile.end - dense_] - begin);
  for (std::size_t first = tile.first; first < tile.end; first += sparse_group) {
    SparseGrouping::Row group[sparse_group];
    const std::size_t columns = std::min(sparse_group, tile.end - first);
    for (std::size_t c = 0; c < columns; ++c) {
      const std::size_t from = offset[first + c - dense_];
      const std::size_t entries = offset[first + c + 1 - dense_] - from;
      group[c] = {static_cast<std::uint32_t>(first + c - tile.first), {row.data() + from, entries},
                  scratch.place.data() + (from - begin)};
    }
    scratch.grouping.add({group, columns});
  }
  scratch.values.assign(scratch.grouping.values(), 0.0F);
  for (std::size_t e = 0; e < scratch.place.size(); ++e) scratch.values[scratch.place[e]] = value[begin + e];
  kernel_set().sparse_multiply(scratch.grouping.with(scratch.values.data()), 0, scratch.grouping.groups(),
                               states_[0].delta_panels.sparse.data(), count_, 0, outputs, scratch.gradient.data(),
                               outputs, {});
}

/// ∂loss/∂b = Σ δ over the batch rows in order. Biases do not decay.
void NetworkOptimiser::update_bias(std::size_t index, Scratch& scratch) {
  auto& layer = network_.layers[index];
  auto& state = states_[index];
  auto& moments = moments_[index];
  scratch.gradient.assign(std::max(scratch.gradient.size(), std::size_t{layer.outputs}), 0.0F);
  for (std::size_t row = 0; row < count_; ++row) {
    const float* delta = state.delta.data() + row * state.stride;
    for (std::size_t j = 0; j < layer.outputs; ++j) scratch.gradient[j] += delta[j];
  }
  AdamStep without_decay = adam_;
  without_decay.decay = 0;
  kernel_set().adam(without_decay, layer.outputs, scratch.gradient.data(), moments.bias_mean.data(),
                    moments.bias_square.data(), layer.bias.data());
}

/// Packs the tile's weights for the next forward and backward pass.
void NetworkOptimiser::pack_weights(const WeightTile& tile) {
  if (tile.bias) return;
  const KernelSet& kernels = kernel_set();
  const auto& layer = network_.layers[tile.layer];
  auto& state = states_[tile.layer];
  const auto outputs = static_cast<std::ptrdiff_t>(layer.outputs);
  const std::size_t inputs = tile.end - tile.first;
  const float* weight = layer.weight.data() + tile.first * layer.outputs;
  const std::size_t dense = dense_inputs(tile.layer);
  if (tile.first < dense) {
    kernels.pack(weight, outputs, 1, inputs, layer.outputs, kernels.panel_width, dense,
                 state.panels.dense.data() + tile.first * kernels.panel_width);
  } else {
    kernels.pack(weight, outputs, 1, inputs, layer.outputs, kernels.sparse_panel_width, layer.inputs - dense,
                 state.panels.sparse.data() + (tile.first - dense) * kernels.sparse_panel_width);
  }
  if (tile.layer == 0) return;
  kernels.pack(weight, 1, outputs, layer.outputs, inputs, kernels.panel_width, layer.outputs,
               state.transposed.data() + tile.first * layer.outputs);
}

void NetworkOptimiser::set_adam_step(double learning_rate) {
  const auto& settings = task_.settings;
  const auto t = static_cast<double>(++steps_done_);
  const double correction1 = 1 - std::pow(settings.beta1, t);
  const double correction2 = std::sqrt(1 - std::pow(settings.beta2, t));
  adam_ = {static_cast<float>(learning_rate * correction2 / correction1), static_cast<float>(settings.beta1),
           static_cast<float>(settings.beta2), static_cast<float>(settings.epsilon * correction2),
           static_cast<float>(learning_rate * settings.weight_decay)};
}

}  // namespace caloscope
