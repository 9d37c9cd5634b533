#include "core/networks/stored_network.h"

#include <algorithm>
#include <limits>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// out[column][row] = in[row][column]
void transpose(const float* in, std::size_t rows, std::size_t columns, float* out) {
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) out[column * rows + row] = in[row * columns + column];
  }
}

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::classifier, "tensor \"" + name + "\" " + what);
}

const StoredTensor* find(std::span<const StoredTensor> tensors, const std::string& name) {
  const auto found = std::ranges::find(tensors, name, &StoredTensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

/// The block number `number` with its parameters still 0; nothing behind the last one.
std::optional<Block> next_block(std::span<const StoredTensor> tensors, std::size_t number, const Nonlinearity& hidden) {
  const auto weight = "layers." + std::to_string(number) + ".weight";
  const StoredTensor* const found = find(tensors, weight);
  if (!found) return std::nullopt;
  const auto width = [](std::uint64_t size) { return size > 0 && size <= std::numeric_limits<std::uint32_t>::max(); };
  if (found->shape.size() != 2 || !std::ranges::all_of(found->shape, width)) refuse(weight, "is not a matrix");
  const auto next = "layers." + std::to_string(number + 1) + ".weight";
  LinearBlock block{static_cast<std::uint32_t>(found->shape[1]), static_cast<std::uint32_t>(found->shape[0]),
                    find(tensors, next) ? std::optional(hidden) : std::nullopt, {}, {}};
  block.clear();
  return block;
}

}  // namespace

std::vector<std::uint64_t> stored_shape(const Tensor<const float>& tensor) {
  auto shape = tensor.shape;
  if (shape.size() == 2) std::ranges::reverse(shape);
  return shape;
}

void store(const Tensor<const float>& tensor, float* stored) {
  if (tensor.shape.size() == 2) transpose(tensor.values.data(), tensor.shape[0], tensor.shape[1], stored);
  else std::ranges::copy(tensor.values, stored);
}

std::optional<Nonlinearity> nonlinearity_of(const Network& network) {
  for (const auto& block : network.blocks) {
    const auto* const linear = std::get_if<LinearBlock>(&block);
    if (linear && linear->nonlinearity) return linear->nonlinearity;
  }
  return std::nullopt;
}

Network network_from(std::span<const StoredTensor> tensors, const Nonlinearity& hidden) {
  Network network;
  while (auto block = next_block(tensors, network.blocks.size(), hidden)) network.blocks.push_back(std::move(*block));
  if (network.blocks.empty()) throw Error(ErrorCode::classifier, "it holds no layers");
  auto& [centre, scale, clip] = network.standardisation;
  for (auto* column : {&centre, &scale, &clip}) column->resize(network.inputs());
  network.for_each_tensor([&](const Tensor<float>& tensor) {
    const StoredTensor* const found = find(tensors, tensor.name);
    if (!found) refuse(tensor.name, "is missing");
    if (found->shape != stored_shape({tensor.name, tensor.shape, tensor.values, tensor.decays})) {
      refuse(tensor.name, "has another shape than the layers ask for");
    }
    if (tensor.shape.size() == 2) {
      transpose(found->values.data(), tensor.shape[1], tensor.shape[0], tensor.values.data());
    } else {
      std::ranges::copy(found->values, tensor.values.begin());
    }
  });
  return network;
}

}  // namespace caloscope
