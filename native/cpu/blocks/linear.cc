#include "cpu/blocks/linear.h"

#include <algorithm>

#include "cpu/kernels/kernel_set.h"

namespace caloscope::cpu {
namespace {

/// Inputs of a block whose weights are one tile: a multiple of all row blocks and panel widths would be too large; of
/// those of the AVX2 set.
constexpr std::size_t tile_inputs = 96;

}  // namespace

LeakyForm::LeakyForm(const LinearBlock& block) {
  if (!block.nonlinearity) return;
  const auto [activation, slope] = *block.nonlinearity;
  exact = activation == Activation::relu || activation == Activation::leaky_relu;
  leak = activation == Activation::relu ? 0 : slope;
}

// ------------------------------------------------------------------------------------------------------------- scoring

LoadedLinear::LoadedLinear(const LinearBlock& block, std::size_t dense_inputs, Precision precision)
    : block_(&block),
      dense_inputs_(dense_inputs),
      leaky_(block),
      dense_(RightFactor::Left::dense, precision, dense_inputs, block.outputs),
      sparse_(RightFactor::Left::sparse, precision, block.inputs - dense_inputs, block.outputs) {}

LoadedLinear load(const LinearBlock& block, std::size_t dense_inputs, Precision precision) {
  LoadedLinear loaded(block, dense_inputs, precision);
  loaded.pack(0, dense_inputs);
  loaded.pack(dense_inputs, block.inputs);
  return loaded;
}

void LoadedLinear::pack(std::size_t first, std::size_t end) {
  const float* weight = block_->weight.data() + first * block_->outputs;
  const auto outputs = static_cast<std::ptrdiff_t>(block_->outputs);
  if (first < dense_inputs_) dense_.pack_rows(weight, outputs, 1, first, end - first);
  else if (first < end) sparse_.pack_rows(weight, outputs, 1, first - dense_inputs_, end - first);
}

void LoadedLinear::multiply(const BlockInput& x, const float* leak, float* z, std::size_t stride,
                            LeftScratch& scratch) const {
  const float* bias = block_->bias.data();
  const bool both = x.sparse && dense_inputs_ > 0;
  if (!x.sparse || both) {
    dense_.multiply(x.dense, x.stride, x.rows, z, stride, {.bias = bias, .leak = x.sparse ? nullptr : leak}, scratch);
  }
  if (x.sparse) {
    sparse_.multiply_sparse(*x.sparse, *x.values, z, stride, {.bias = bias, .accumulate = both, .leak = leak});
  }
}

void LoadedLinear::forward(const BlockInput& x, float* y, std::size_t stride, LeftScratch& scratch) const {
  multiply(x, leaky_.exact ? &leaky_.leak : nullptr, y, stride, scratch);
  if (!block_->nonlinearity || leaky_.exact) return;
  activate_all(block_->nonlinearity->activation, block_->nonlinearity->slope, y, y, x.rows * stride);
}

// ------------------------------------------------------------------------------------------- training: tiles of rows

LinearInTraining::LinearInTraining(LinearBlock& block, std::span<AdamMoments> moments, const BlockPlace& place,
                                   const TrainingTask& task)
    : block_(block),
      weight_moments_(moments[0]),
      bias_moments_(moments[1]),
      task_(task),
      place_(place),
      leaky_(block),
      told_from_output_(leaky_.exact && leaky_.leak >= 0),
      stride_(row_stride(block.outputs)),
      weights_(block, place.dense_inputs, task.settings.precision) {
  const Precision precision = task.settings.precision;
  const std::size_t numbers = place.batch_rows * stride_;
  const bool hidden = block.nonlinearity.has_value();
  output_.resize(numbers);
  delta_.resize(numbers);
  if (hidden && !told_from_output_) pre_activation_.resize(numbers);
  if (hidden && task.settings.dropout > 0) dropout_.resize(numbers);
  if (place.number > 0) transposed_ = {RightFactor::Left::dense, precision, block.outputs, block.inputs};
  if (place.dense_inputs > 0) packed_delta_ = {RightFactor::Left::dense, precision, place.batch_rows, block.outputs};
  if (place.dense_inputs < block.inputs) {
    sparse_delta_ = {RightFactor::Left::sparse, precision, place.batch_rows, block.outputs};
  }
  for (std::size_t first = 0; first < block.inputs;) {
    // No tile has both dense and sparse inputs.
    const std::size_t bound = first < place.dense_inputs ? place.dense_inputs : block.inputs;
    tiles_.push_back({first, std::min(first + tile_inputs, bound)});
    first = tiles_.back().end;
  }
}

void LinearInTraining::begin_batch(std::size_t rows) {
  rows_ = rows;
  packed_delta_.set_depth(rows);
  sparse_delta_.set_depth(rows);
}

void LinearInTraining::forward(const RowRange& rows, const BlockInput& x, const StepPlace& step,
                               BlockScratch& scratch) {
  const bool whole = !block_.nonlinearity || told_from_output_;
  const float* leak = block_.nonlinearity && told_from_output_ ? &leaky_.leak : nullptr;
  weights_.multiply(x, leak, (whole ? output_ : pre_activation_).data() + rows.first * stride_, stride_, scratch.left);
  if (block_.nonlinearity) activate(rows, step);
}

/// What the products have not done already. Dropout is a function of seed, network, epoch, place and column.
void LinearInTraining::activate(const RowRange& rows, const StepPlace& step) {
  const std::size_t begin = rows.first * stride_;
  const std::size_t count = rows.size() * stride_;
  if (!told_from_output_) {
    activate_all(block_.nonlinearity->activation, block_.nonlinearity->slope, pre_activation_.data() + begin,
                 output_.data() + begin, count);
  }
  if (dropout_.empty()) return;
  for (std::size_t row = rows.first; row < rows.end; ++row) {
    kernel_set().dropout(dropout_draw(task_, step, place_.number, block_.outputs, row), block_.outputs,
                         dropout_.data() + row * stride_);
  }
  for (std::size_t i = begin; i < begin + count; ++i) output_[i] *= dropout_[i];
}

/// ∂loss/∂z = ∂loss/∂y ∘ f′(z) ∘ dropout, and ∂loss/∂x = ∂loss/∂z·Wᵀ.
void LinearInTraining::backward(const RowRange& rows, float* before, std::size_t before_stride, BlockScratch& scratch) {
  if (block_.nonlinearity) multiply_by_slope(rows);
  if (before) {
    transposed_.multiply(delta_.data() + rows.first * stride_, stride_, rows.size(), before, before_stride, {},
                         scratch.left);
  }
  pack_delta(rows);
}

void LinearInTraining::multiply_by_slope(const RowRange& rows) {
  const std::size_t begin = rows.first * stride_;
  const std::size_t count = rows.size() * stride_;
  float* delta = delta_.data() + begin;
  const float* factor = dropout_.empty() ? nullptr : dropout_.data() + begin;
  if (told_from_output_) {
    kernel_set().leaky_slope(output_.data() + begin, leaky_.leak, factor, count, delta);
    return;
  }
  caloscope::multiply_by_slope(block_.nonlinearity->activation, block_.nonlinearity->slope,
                               pre_activation_.data() + begin, delta, count);
  for (std::size_t i = 0; factor && i < count; ++i) delta[i] *= factor[i];
}

void LinearInTraining::pack_delta(const RowRange& rows) {
  const float* delta = delta_.data() + rows.first * stride_;
  const auto stride = static_cast<std::ptrdiff_t>(stride_);
  if (place_.dense_inputs > 0) packed_delta_.pack_rows(delta, stride, 1, rows.first, rows.size());
  if (place_.dense_inputs < block_.inputs) sparse_delta_.pack_rows(delta, stride, 1, rows.first, rows.size());
}

// ------------------------------------------------------------------------------------- training: tiles of parameters

std::size_t LinearInTraining::tile_size(std::size_t tile) const {
  if (tile == tiles_.size()) return block_.outputs;
  return (tiles_[tile].end - tiles_[tile].first) * block_.outputs;
}

void LinearInTraining::pack(std::size_t tile) {
  if (tile == tiles_.size()) return;
  const auto [first, end] = tiles_[tile];
  weights_.pack(first, end);
  const auto outputs = static_cast<std::ptrdiff_t>(block_.outputs);
  if (place_.number > 0) {
    transposed_.pack_columns(block_.weight.data() + first * block_.outputs, 1, outputs, first, end - first);
  }
}

void LinearInTraining::update(std::size_t tile, const BatchInput& x, const AdamStep& step, BlockScratch& scratch) {
  if (tile == tiles_.size()) {
    update_bias(step, scratch);
    return;
  }
  const auto [first, end] = tiles_[tile];
  scratch.gradient.resize(tile_inputs * block_.outputs);
  if (first < place_.dense_inputs) dense_gradient(tiles_[tile], x, scratch);
  else sparse_gradient(tiles_[tile], *x.sparse, scratch);
  const std::size_t begin = first * block_.outputs;
  kernel_set().adam(step, (end - first) * block_.outputs, scratch.gradient.data(), weight_moments_.mean.data() + begin,
                    weight_moments_.square.data() + begin, block_.weight.data() + begin);
  pack(tile);
}

/// ∂loss/∂W = xᵀ·δ; every element is summed over the batch rows in order.
void LinearInTraining::dense_gradient(const WeightTile& tile, const BatchInput& x, BlockScratch& scratch) const {
  packed_delta_.multiply_transposed(x.dense + tile.first, x.stride, tile.end - tile.first, scratch.gradient.data(),
                                    block_.outputs, scratch.left);
}

/// The same for sparse inputs.
void LinearInTraining::sparse_gradient(const WeightTile& tile, const SparseColumns& x, BlockScratch& scratch) const {
  const std::span<const std::size_t> of_tile(x.offset.data() + (tile.first - place_.dense_inputs),
                                             tile.end - tile.first + 1);
  scratch.slices.arrange(rows_, of_tile, x.row.data(), x.value.data());
  scratch.values = scratch.slices.value();
  sparse_delta_.multiply_sparse(scratch.slices, scratch.values, scratch.gradient.data(), block_.outputs, {});
}

/// ∂loss/∂b = Σ δ over the batch rows in order. Biases do not decay.
void LinearInTraining::update_bias(const AdamStep& step, BlockScratch& scratch) {
  scratch.gradient.assign(std::max(scratch.gradient.size(), std::size_t{block_.outputs}), 0.0F);
  for (std::size_t row = 0; row < rows_; ++row) {
    const float* delta = delta_.data() + row * stride_;
    for (std::size_t j = 0; j < block_.outputs; ++j) scratch.gradient[j] += delta[j];
  }
  AdamStep without_decay = step;
  without_decay.decay = 0;
  kernel_set().adam(without_decay, block_.outputs, scratch.gradient.data(), bias_moments_.mean.data(),
                    bias_moments_.square.data(), block_.bias.data());
}

}  // namespace caloscope::cpu
