#include "cpu/forward_pass.h"

#include <algorithm>

namespace caloscope {
namespace {

void fill_bias(const LinearLayer& layer, std::size_t rows, float* z) {
  for (std::size_t row = 0; row < rows; ++row) {
    std::copy(layer.bias.begin(), layer.bias.end(), z + row * layer.outputs);
  }
}

}  // namespace

void pack_panels(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth,
                 std::size_t columns, std::vector<float>& panels) {
  const KernelSet& kernels = kernel_set();
  const std::size_t padded = (columns + kernels.panel_width - 1) / kernels.panel_width * kernels.panel_width;
  panels.resize(padded * depth);
  kernels.pack(b, b_row, b_column, depth, columns, panels.data());
}

void pack_weights(const LinearLayer& layer, std::size_t inputs, std::vector<float>& panels) {
  pack_panels(layer.weight.data(), layer.outputs, 1, inputs, layer.outputs, panels);
}

void first_layer(const Batch& batch, std::size_t first, std::size_t end, const LinearLayer& layer,
                 const std::vector<float>& dense_panels, float* z) {
  const KernelSet& kernels = kernel_set();
  const std::size_t outputs = layer.outputs;
  fill_bias(layer, end - first, z + first * outputs);
  const std::size_t dense = batch.dense_columns();
  if (dense > 0) {
    kernels.multiply(batch.dense() + first * dense, static_cast<std::ptrdiff_t>(dense), 1, dense_panels.data(),
                     end - first, outputs, dense, z + first * outputs, outputs, true);
  }
  if (batch.sparse_columns() > 0) {
    kernels.sparse_multiply(batch.sparse(), first, end, layer.weight.data() + dense * outputs, outputs, 0, outputs,
                            z);
  }
}

void later_layer(const float* a, std::size_t rows, const LinearLayer& layer, const std::vector<float>& panels,
                 float* z) {
  fill_bias(layer, rows, z);
  kernel_set().multiply(a, layer.inputs, 1, panels.data(), rows, layer.outputs, layer.inputs, z, layer.outputs, true);
}

PackedNetwork::PackedNetwork(const Network& network, std::uint32_t dense_inputs)
    : network_(&network), dense_inputs_(dense_inputs), panels_(network.layers.size()) {
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    pack_weights(network.layers[i], i == 0 ? dense_inputs : network.layers[i].inputs, panels_[i]);
  }
}

void PackedNetwork::predict(const FeatureTable& table, const std::uint32_t* rows, std::size_t count,
                            Scratch& scratch, float* logits) const {
  const auto& layers = network_->layers;
  scratch.batch.begin(dense_inputs_, table.columns());
  for (std::size_t i = 0; i < count; ++i) scratch.batch.add(table, rows[i], network_->standardisation);
  auto* input = &scratch.even;
  auto* output = &scratch.odd;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    output->resize(count * layers[i].outputs);
    if (i == 0) {
      first_layer(scratch.batch, 0, count, layers[0], panels_[0], output->data());
    } else {
      later_layer(input->data(), count, layers[i], panels_[i], output->data());
    }
    if (i + 1 < layers.size()) {
      activate_all(network_->activation, network_->slope, output->data(), output->data(), output->size());
    }
    std::swap(input, output);
  }
  std::copy_n(input->data(), count, logits);
}

}  // namespace caloscope
