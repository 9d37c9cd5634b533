#include "cpu/network_optimiser.h"

#include <algorithm>
#include <utility>

#include "core/training/cross_entropy.h"
#include "cpu/kernels/kernel_set.h"

namespace caloscope {
namespace {

/// Inputs of a layer whose weights are one tile: a multiple of all row blocks and panel widths would be too large; of
/// those of the AVX2 set.
constexpr std::size_t tile_inputs = 96;

}  // namespace

NetworkOptimiser::NetworkOptimiser(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool,
                                   JobControl& control)
    : task_(task),
      rows_(rows),
      pool_(pool),
      control_(control),
      network_(untrained_network(task, rows, control)),
      moments_(first_moments(network_)),
      states_(network_.layers.size()),
      dense_(dense_columns(rows.reference, crowded_training)),
      leaky_(network_),
      told_from_output_(leaky_.exact && leaky_.leak >= 0),
      scratch_(pool.threads()),
      class_weights_(task, rows) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    state.stride = row_stride(layer.outputs);
    state.weights = {layer, dense_inputs(i), task.settings.precision};
    if (i > 0) state.transposed = {RightFactor::Left::dense, task.settings.precision, layer.outputs, layer.inputs};
  }
  cut_weights();
  reserve(std::min<std::size_t>(task.settings.batch_size, task.training_rows.size()));
}

/// All memory that depends on the size of a batch.
void NetworkOptimiser::reserve(std::size_t batch_rows) {
  const Precision precision = task_.settings.precision;
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
    if (dense_inputs(i) > 0) state.packed_delta = {RightFactor::Left::dense, precision, batch_rows, outputs};
    if (i == 0 && dense_ < network_.inputs()) {
      state.sparse_delta = {RightFactor::Left::sparse, precision, batch_rows, outputs};
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
  for (auto& state : states_) {
    state.packed_delta.set_depth(count);
    state.sparse_delta.set_depth(count);
  }
}

void NetworkOptimiser::step(const StepPlace& place, std::size_t count, double learning_rate) {
  const auto rows = order_.subspan(place.first_row, count);
  place_ = place;
  cut_rows(count);
  adam_ = adam_step(task_.settings, learning_rate, ++steps_done_);
  if (!packed_) {
    for_tiles(weight_tiles_.size(), [&](std::size_t tile, unsigned) { pack_weights(weight_tiles_[tile]); });
    packed_ = true;
  }
  for_tiles(row_tiles_.size(),
            [&](std::size_t tile, unsigned worker) { work_on_rows(row_tiles_[tile], rows, scratch_[worker]); });
  if (dense_ < network_.inputs()) transpose_sparse();
  for_tiles(weight_tiles_.size(),
            [&](std::size_t tile, unsigned worker) { work_on_weights(weight_tiles_[tile], scratch_[worker]); });
  double loss = 0;
  for (std::size_t row = 0; row < count; ++row) loss += row_loss_[row];
  loss_ += loss;
}

double NetworkOptimiser::take_loss() { return std::exchange(loss_, 0); }

std::vector<float> NetworkOptimiser::logits(std::span<const std::uint32_t> rows) {
  const std::uint32_t dense = dense_columns(rows_.reference, crowded_forward);
  const PackedNetwork packed(network_, dense, Precision::float32);
  std::vector<float> logits(rows.size());
  std::vector<InputTile> inputs(pool_.threads());
  std::vector<PackedNetwork::Scratch> scratch(pool_.threads());
  for_tiles((rows.size() + tile_rows - 1) / tile_rows, [&](std::size_t tile, unsigned worker) {
    const std::size_t first = tile * tile_rows;
    gather(rows.subspan(first, std::min(tile_rows, rows.size() - first)), dense, inputs[worker]);
    packed.predict(inputs[worker], scratch[worker], logits.data() + first);
  });
  return logits;
}

// ------------------------------------------------------------------------------------------ first pass: tiles of rows

void NetworkOptimiser::work_on_rows(RowTile& tile, std::span<const std::uint32_t> rows, Scratch& scratch) {
  gather(rows.subspan(tile.first, tile.end - tile.first), dense_, tile.input);
  tile.input.standardise_dense(network_.standardisation, input_.data() + tile.first * row_stride(dense_));
  forward(tile, scratch);
  loss_and_delta(tile, rows);
  backward(tile, scratch);
  pack_delta(tile);
}

void NetworkOptimiser::gather(std::span<const std::uint32_t> rows, std::uint32_t dense_columns, InputTile& input) const {
  input.begin(dense_columns, network_.inputs());
  for (const std::uint32_t row : rows) input.add(rows_.table_of(row), rows_.row_in_table(row));
  input.arrange();
}

void NetworkOptimiser::forward(const RowTile& tile, Scratch& scratch) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    auto& state = states_[i];
    const bool hidden = i + 1 < states_.size();
    const float* leak = hidden && told_from_output_ ? &leaky_.leak : nullptr;
    auto& z = hidden && !told_from_output_ ? state.pre_activation : state.output;
    float* target = z.data() + tile.first * state.stride;
    if (i == 0) {
      first_layer(tile.input, input_.data() + tile.first * row_stride(dense_), network_, state.weights, leak, target,
                  state.stride, scratch.values, scratch.left);
    } else {
      const auto& before = states_[i - 1];
      state.weights.dense.multiply(before.output.data() + tile.first * before.stride, before.stride,
                                   tile.end - tile.first, target, state.stride,
                                   {.bias = network_.layers[i].bias.data(), .leak = leak}, scratch.left);
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
  const std::uint32_t width = network_.layers[layer].outputs;
  auto& state = states_[layer];
  for (std::size_t row = tile.first; row < tile.end; ++row) {
    kernel_set().dropout(dropout_draw(task_, place_, layer, width, row), width, state.dropout.data() + row * state.stride);
  }
}

/// The weighted loss of each row, and δ of the last layer: the gradient of the batch mean.
void NetworkOptimiser::loss_and_delta(const RowTile& tile, std::span<const std::uint32_t> rows) {
  auto& last = states_.back();
  for (std::size_t i = tile.first; i < tile.end; ++i) {
    const double logit = last.output[i * last.stride];
    const bool reference = rows_.is_reference(rows[i]);
    const double weight = class_weights_.of[reference];
    row_loss_[i] = weight * cross_entropy(logit, reference);
    last.delta[i * last.stride] =
        static_cast<float>(weight * cross_entropy_slope(logit, reference) / static_cast<double>(count_));
  }
}

/// δ of the layer before: (δ·Wᵀ) ∘ f′(z).
void NetworkOptimiser::backward(const RowTile& tile, Scratch& scratch) {
  const KernelSet& kernels = kernel_set();
  const std::size_t rows = tile.end - tile.first;
  for (std::size_t i = states_.size(); --i > 0;) {
    const auto& state = states_[i];
    auto& before = states_[i - 1];
    const std::size_t begin = tile.first * before.stride;
    float* delta = before.delta.data() + begin;
    state.transposed.multiply(state.delta.data() + tile.first * state.stride, state.stride, rows, delta,
                              before.stride, {}, scratch.left);
    const float* factor = before.dropout.empty() ? nullptr : before.dropout.data() + begin;
    if (told_from_output_) {
      kernels.leaky_slope(before.output.data() + begin, leaky_.leak, factor, rows * before.stride, delta);
      continue;
    }
    multiply_by_slope(network_.activation, network_.slope, before.pre_activation.data() + begin, delta,
                      rows * before.stride);
    for (std::size_t j = 0; factor && j < rows * before.stride; ++j) delta[j] *= factor[j];
  }
}

void NetworkOptimiser::pack_delta(const RowTile& tile) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    auto& state = states_[i];
    const float* delta = state.delta.data() + tile.first * state.stride;
    const auto stride = static_cast<std::ptrdiff_t>(state.stride);
    const std::size_t rows = tile.end - tile.first;
    if (dense_inputs(i) > 0) state.packed_delta.pack_rows(delta, stride, 1, tile.first, rows);
    if (i == 0 && dense_ < network_.inputs()) state.sparse_delta.pack_rows(delta, stride, 1, tile.first, rows);
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
  const bool first = tile.layer == 0;
  const float* a = first ? input_.data() : states_[tile.layer - 1].output.data();
  const std::size_t stride = first ? row_stride(dense_) : states_[tile.layer - 1].stride;
  states_[tile.layer].packed_delta.multiply_transposed(a + tile.first, stride, tile.end - tile.first,
                                                       scratch.gradient.data(), network_.layers[tile.layer].outputs,
                                                       scratch.left);
}

/// The same for sparse inputs.
void NetworkOptimiser::sparse_gradient(const WeightTile& tile, Scratch& scratch) {
  const auto& [offset, next, row, value] = sparse_columns_;
  const std::span<const std::size_t> of_tile(offset.data() + (tile.first - dense_), tile.end - tile.first + 1);
  scratch.slices.arrange(count_, of_tile, row.data(), value.data());
  scratch.values = scratch.slices.value();
  states_[0].sparse_delta.multiply_sparse(scratch.slices, scratch.values, scratch.gradient.data(),
                                          network_.layers[0].outputs, {});
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
  const auto& layer = network_.layers[tile.layer];
  auto& state = states_[tile.layer];
  const auto outputs = static_cast<std::ptrdiff_t>(layer.outputs);
  const std::size_t inputs = tile.end - tile.first;
  const float* weight = layer.weight.data() + tile.first * layer.outputs;
  const std::size_t dense = dense_inputs(tile.layer);
  if (tile.first < dense) state.weights.dense.pack_rows(weight, outputs, 1, tile.first, inputs);
  else state.weights.sparse.pack_rows(weight, outputs, 1, tile.first - dense, inputs);
  if (tile.layer > 0) state.transposed.pack_columns(weight, 1, outputs, tile.first, inputs);
}

}  // namespace caloscope
