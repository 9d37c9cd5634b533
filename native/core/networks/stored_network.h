#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/networks/network.h"

namespace caloscope {

/// A tensor as files hold it: a matrix is outputs × inputs there (y = x·Wᵀ + b), the other way round than in a network.
struct StoredTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::span<const float> values;  ///< as many as the shape says
};

std::vector<std::uint64_t> stored_shape(const Tensor<const float>& tensor);

/// Writes the values in the order of files.
void store(const Tensor<const float>& tensor, float* stored);

/// What stands behind the hidden blocks of a network; nothing where it has none.
std::optional<Nonlinearity> nonlinearity_of(const Network& network);

/// The network of those tensors, with `hidden` behind all blocks but the last. Others than its own are left alone.
/// Throws Error(classifier) where one is missing or has another shape than the rest asks for; says nothing of the numbers:
/// Network::validate.
Network network_from(std::span<const StoredTensor> tensors, const Nonlinearity& hidden);

}  // namespace caloscope
