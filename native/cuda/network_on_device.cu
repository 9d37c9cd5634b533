#include <algorithm>

#include "cuda/network_on_device.h"

namespace caloscope::cuda {

void multiply_in(Precision precision, const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c,
                 std::size_t c_row, const ProductEnd& end, const Stream& stream) {
  if (precision == Precision::bfloat16) multiply_rounded(shape, a, b, c, c_row, end, stream);
  else multiply(shape, a, b, c, c_row, end, stream);
}

void ForwardScratch::reserve(std::size_t rows, std::uint32_t scalars, std::uint32_t widest) {
  input.reserve(rows * scalars);
  even.reserve(rows * widest);
  odd.reserve(rows * widest);
}

NetworkOnDevice::NetworkOnDevice(const Network& network)
    : activation_(network.activation),
      slope_(network.slope),
      centre_(on_device(network.standardisation.centre)),
      scale_(on_device(network.standardisation.scale)),
      clip_(on_device(network.standardisation.clip)) {
  for (const auto& layer : network.layers) {
    layers_.push_back({layer.inputs, layer.outputs, on_device(layer.weight), on_device(layer.bias)});
  }
}

std::uint32_t NetworkOnDevice::widest() const {
  return std::ranges::max_element(layers_, {}, &Layer::outputs)->outputs;
}

/// The scalars as a dense product, then the hits on top of it.
void NetworkOnDevice::first_layer(const RowBatch& batch, std::uint32_t scalars, Precision precision,
                                  ForwardScratch& scratch, float* z, ProductEnd end, const Stream& stream) const {
  const auto& layer = layers_[0];
  const bool has_voxels = layer.inputs > scalars;
  const RowsOnDevice rows = batch.on_device();
  standardise(batch.rows(), scalars, rows.scalars, standardisation(), scratch.input.data(), stream);
  ProductEnd dense = end;
  dense.activate = end.activate && !has_voxels;
  multiply_in(precision, {batch.rows(), layer.outputs, scalars}, {scratch.input.data(), scalars},
              {layer.weight.data(), layer.outputs}, z, layer.outputs, dense, stream);
  if (!has_voxels) return;
  end.accumulate = true;
  multiply_sparse(batch.rows(), layer.outputs, rows.hits, {scale_.data() + scalars, clip_.data() + scalars},
                  layer.weight.data() + std::size_t{scalars} * layer.outputs, precision == Precision::bfloat16, z,
                  layer.outputs, end, stream);
}

void NetworkOnDevice::predict(const RowBatch& batch, std::uint32_t scalars, Precision precision, ForwardScratch& scratch,
                              float* logits, const Stream& stream) const {
  const float* before = nullptr;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const auto& layer = layers_[i];
    const bool last = i + 1 == layers_.size();
    float* const z = last ? logits : (i % 2 == 0 ? scratch.even : scratch.odd).data();
    const ProductEnd end{.bias = layer.bias.data(), .activate = !last, .activation = activation_, .slope = slope_};
    if (i == 0) {
      first_layer(batch, scalars, precision, scratch, z, end, stream);
    } else {
      multiply_in(precision, {batch.rows(), layer.outputs, layer.inputs}, {before, layer.inputs},
                  {layer.weight.data(), layer.outputs}, z, layer.outputs, end, stream);
    }
    before = z;
  }
}

}  // namespace caloscope::cuda
