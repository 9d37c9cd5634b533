#include "cpu/forward_pass.h"

#include <utility>

namespace caloscope {

PackedLayer::PackedLayer(const LinearLayer& layer, std::size_t dense_inputs, Precision precision)
    : dense(RightFactor::Left::dense, precision, dense_inputs, layer.outputs),
      sparse(RightFactor::Left::sparse, precision, layer.inputs - dense_inputs, layer.outputs) {}

LeakyForm::LeakyForm(const Network& network)
    : exact(network.activation == Activation::relu || network.activation == Activation::leaky_relu),
      leak(network.activation == Activation::relu ? 0 : network.slope) {}

void first_layer(const InputTile& tile, const float* dense, const Network& network, const PackedLayer& packed,
                 const float* leak, float* z, std::size_t z_row, std::vector<float>& values, LeftScratch& scratch) {
  const float* bias = network.layers[0].bias.data();
  const bool sparse = tile.sparse_columns() > 0;
  const bool both = sparse && tile.dense_columns() > 0;
  if (!sparse || both) {
    packed.dense.multiply(dense, row_stride(tile.dense_columns()), tile.rows(), z, z_row,
                          {.bias = bias, .leak = sparse ? nullptr : leak}, scratch);
  }
  if (sparse) {
    tile.standardise_sparse(network.standardisation, values);
    packed.sparse.multiply_sparse(tile.sparse(), values, z, z_row, {.bias = bias, .accumulate = both, .leak = leak});
  }
}

PackedNetwork::PackedNetwork(const Network& network, std::uint32_t dense_inputs, Precision precision)
    : network_(&network), dense_inputs_(dense_inputs), leaky_(network) {
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const auto& layer = network.layers[i];
    const std::size_t dense = i == 0 ? dense_inputs : layer.inputs;
    auto& packed = layers_.emplace_back(layer, dense, precision);
    const float* weight = layer.weight.data();
    packed.dense.pack_rows(weight, layer.outputs, 1, 0, dense);
    packed.sparse.pack_rows(weight + dense * layer.outputs, layer.outputs, 1, 0, layer.inputs - dense);
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
    const float* leak = leaky_.exact && !last ? &leaky_.leak : nullptr;
    if (!last) output->resize(rows * stride);
    float* z = last ? logits : output->data();
    if (i == 0) {
      first_layer(tile, input->data(), *network_, layers_[0], leak, z, stride, scratch.values, scratch.left);
    } else {
      layers_[i].dense.multiply(input->data(), row_stride(layers[i].inputs), rows, z, stride,
                                {.bias = layers[i].bias.data(), .leak = leak}, scratch.left);
    }
    if (!leaky_.exact && !last) activate_all(network_->activation, network_->slope, z, z, rows * stride);
    std::swap(input, output);
  }
}

}  // namespace caloscope
