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

PackedNetwork::PackedNetwork(const Network& network, std::uint32_t dense_inputs)
    : network_(&network),
      dense_inputs_(dense_inputs),
      panels_(network.layers.size()),
      leak_(network.activation == Activation::relu ? 0 : network.slope),
      fused_(network.activation == Activation::relu || network.activation == Activation::leaky_relu) {
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    pack_layer(network.layers[i], i == 0 ? dense_inputs : network.layers[i].inputs, panels_[i]);
  }
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
    const float* leak = fused_ && !last ? &leak_ : nullptr;
    if (!last) output->resize(rows * stride);
    float* z = last ? logits : output->data();
    if (i > 0) {
      later_layer(input->data(), rows, layers[i], panels_[i], leak, z, stride);
    } else if (tile.sparse_columns() == 0) {
      first_layer(input->data(), dense_inputs_, nullptr, 0, rows, layers[i], panels_[i], leak, z, stride);
    } else {
      const SparseGroups sparse = tile.standardise_sparse(network_->standardisation, scratch.values);
      first_layer(input->data(), dense_inputs_, &sparse, tile.groups(), rows, layers[i], panels_[i], leak, z, stride);
    }
    if (!fused_ && !last) activate_all(network_->activation, network_->slope, z, z, rows * stride);
    std::swap(input, output);
  }
}

}  // namespace caloscope
