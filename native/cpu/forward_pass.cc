#include "cpu/forward_pass.h"

#include <algorithm>

namespace caloscope {

void pack_panels(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth,
                 std::size_t columns, std::size_t panel_width, std::vector<float>& panels) {
  panels.resize((columns + panel_width - 1) / panel_width * panel_width * depth);
  kernel_set().pack(b, b_row, b_column, depth, columns, panel_width, depth, panels.data());
}

void pack_layer(const LinearLayer& layer, std::size_t dense_inputs, LayerPanels& panels) {
  const KernelSet& kernels = kernel_set();
  const float* weight = layer.weight.data();
  pack_panels(weight, layer.outputs, 1, dense_inputs, layer.outputs, kernels.panel_width, panels.dense);
  pack_panels(weight + dense_inputs * layer.outputs, layer.outputs, 1, layer.inputs - dense_inputs, layer.outputs,
              kernels.sparse_panel_width, panels.sparse);
}

void first_layer(const float* dense, std::size_t dense_inputs, const SparseGroups* sparse, std::size_t groups,
                 std::size_t rows, const LinearLayer& layer, const LayerPanels& panels, const float* leak, float* z,
                 std::size_t z_row) {
  const KernelSet& kernels = kernel_set();
  const bool both = dense_inputs > 0 && sparse;
  if (dense_inputs > 0) {
    kernels.multiply({dense, row_stride(dense_inputs)}, panels.dense.data(), rows, layer.outputs, dense_inputs, z,
                     z_row, {.bias = layer.bias.data(), .leak = sparse ? nullptr : leak});
  }
  if (sparse) {
    kernels.sparse_multiply(*sparse, 0, groups, panels.sparse.data(), layer.inputs - dense_inputs, 0, layer.outputs,
                            z, z_row, {.bias = layer.bias.data(), .accumulate = both, .leak = leak});
  }
}

void later_layer(const float* a, std::size_t rows, const LinearLayer& layer, const LayerPanels& panels,
                 const float* leak, float* z, std::size_t z_row) {
  kernel_set().multiply({a, row_stride(layer.inputs)}, panels.dense.data(), rows, layer.outputs, layer.inputs, z,
                        z_row, {.bias = layer.bias.data(), .leak = leak});
}

PackedNetwork::PackedNetwork(const Network& network, std::uint32_t dense_inputs, Precision precision)
    : network_(&network),
      dense_inputs_(dense_inputs),
      precision_(precision),
      panels_(precision == Precision::float32 ? network.layers.size() : 0),
      pairs_(precision == Precision::bfloat16 ? network.layers.size() : 0),
      leak_(network.activation == Activation::relu ? 0 : network.slope),
      fused_(network.activation == Activation::relu || network.activation == Activation::leaky_relu) {
  for (std::size_t i = 0; i < panels_.size(); ++i) {
    pack_layer(network.layers[i], i == 0 ? dense_inputs : network.layers[i].inputs, panels_[i]);
  }
  for (std::size_t i = 0; i < pairs_.size(); ++i) pack_pairs(i);
}

void PackedNetwork::pack_pairs(std::size_t i) {
  const KernelSet& kernels = kernel_set();
  const auto& layer = network_->layers[i];
  const std::size_t outputs = layer.outputs;
  const std::size_t dense = i == 0 ? dense_inputs_ : layer.inputs;
  const std::size_t sparse = layer.inputs - dense;
  const auto padded = [&](std::size_t width) { return (outputs + width - 1) / width * width; };
  pairs_[i].dense.resize(padded(kernels.panel_width) * ((dense + 1) / 2));
  pairs_[i].sparse.resize(padded(kernels.sparse_panel_width) / 2 * sparse);
  kernels.bfloat16.pack(layer.weight.data(), outputs, dense, outputs, pairs_[i].dense.data());
  kernels.bfloat16.pack_sparse(layer.weight.data() + dense * outputs, outputs, sparse, outputs,
                               pairs_[i].sparse.data());
}

void PackedNetwork::predict(const InputTile& tile, Scratch& scratch, float* logits) const {
  const auto& layers = network_->layers;
  const std::size_t rows = tile.rows();
  auto* input = &scratch.even;
  auto* output = &scratch.odd;
  input->resize(rows * row_stride(dense_inputs_));
  tile.standardise_dense(network_->standardisation, input->data());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool last = i + 1 == layers.size();
    const std::size_t stride = last ? 1 : row_stride(layers[i].outputs);
    if (!last) output->resize(rows * stride);
    const Target target{rows, fused_ && !last ? &leak_ : nullptr, last ? logits : output->data(), stride};
    if (i == 0) first_product(tile, input->data(), scratch, target);
    else later_product(i, input->data(), scratch, target);
    if (!fused_ && !last) activate_all(network_->activation, network_->slope, target.z, target.z, rows * stride);
    std::swap(input, output);
  }
}

void PackedNetwork::first_product(const InputTile& tile, const float* dense, Scratch& scratch,
                                  const Target& target) const {
  const auto& layer = network_->layers[0];
  const bool sparse = tile.sparse_columns() > 0;
  SparseGroups groups{};
  if (sparse) groups = tile.standardise_sparse(network_->standardisation, scratch.values);
  if (precision_ == Precision::float32) {
    first_layer(dense, dense_inputs_, sparse ? &groups : nullptr, tile.groups(), target.rows, layer, panels_[0],
                target.leak, target.z, target.z_row);
    return;
  }
  if (dense_inputs_ > 0) {
    pair_product(0, dense_inputs_, dense, scratch, target,
                 {.bias = layer.bias.data(), .leak = sparse ? nullptr : target.leak});
  }
  if (!sparse) return;
  for (float& value : scratch.values) value = rounded_to_bfloat16(value);
  kernel_set().bfloat16.sparse_multiply(
      groups, 0, tile.groups(), pairs_[0].sparse.data(), layer.inputs - dense_inputs_, 0, layer.outputs, target.z,
      target.z_row, {.bias = layer.bias.data(), .accumulate = dense_inputs_ > 0, .leak = target.leak});
}

void PackedNetwork::later_product(std::size_t i, const float* a, Scratch& scratch, const Target& target) const {
  const auto& layer = network_->layers[i];
  if (precision_ == Precision::float32) {
    later_layer(a, target.rows, layer, panels_[i], target.leak, target.z, target.z_row);
  } else {
    pair_product(i, layer.inputs, a, scratch, target, {.bias = layer.bias.data(), .leak = target.leak});
  }
}

void PackedNetwork::pair_product(std::size_t i, std::size_t inputs, const float* a, Scratch& scratch,
                                 const Target& target, const ProductFrame& frame) const {
  const Bfloat16Kernels& kernels = kernel_set().bfloat16;
  const std::size_t stride = row_stride(inputs);
  scratch.pairs.resize(target.rows * stride / 2);
  for (std::size_t row = 0; row < target.rows; ++row) {
    kernels.round(a + row * stride, inputs, scratch.pairs.data() + row * stride / 2);
  }
  kernels.multiply({scratch.pairs.data(), stride / 2}, pairs_[i].dense.data(), target.rows,
                   network_->layers[i].outputs, inputs, target.z, target.z_row, frame);
}

}  // namespace caloscope
