#pragma once

#include <cmath>
#include <vector>

#include "core/networks/block_definition.h"
#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "core/samples/feature_table.h"

namespace caloscope {

/// A network by the definitions of its blocks: what the fast code is held against.
namespace naive {

using definition::Numbers;
using definition::Tensors;

/// The parameters of each block.
using Parameters = std::vector<Tensors>;

inline Parameters parameters_of(const Network& network) {
  Parameters parameters;
  for (const auto& block : network.blocks) {
    auto& tensors = parameters.emplace_back();
    const auto add = [&](const auto& tensor) { tensors.emplace_back(tensor.values.begin(), tensor.values.end()); };
    std::visit([&](const auto& kind) { kind.for_each_tensor(add); }, block);
  }
  return parameters;
}

inline double as_it_is(double x) { return x; }
inline double rounded(double x) { return rounded_to_bfloat16(static_cast<float>(x)); }

/// The standardised input of a row, zeros included.
inline Numbers input_of(const FeatureTable& table, std::uint64_t row, const Standardisation& standardisation) {
  Numbers input(table.columns());
  const auto clipped = [&](double x, std::size_t column) {
    const double clip = standardisation.clip[column];
    return std::fmin(std::fmax(x, -clip), clip);
  };
  for (std::uint32_t column = 0; column < table.scalars(); ++column) {
    const double distance = double{table.scalars_of(row)[column]} - standardisation.centre[column];
    input[column] = clipped(distance * standardisation.scale[column], column);
  }
  if (table.voxels() == 0) return input;
  FeatureSet::Scratch scratch;
  table.voxels_of(row, scratch);
  for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
    const std::size_t column = table.scalars() + scratch.hits.voxel[hit];
    input[column] = clipped(scratch.hits.energy[hit] * standardisation.scale[column], column);
  }
  return input;
}

/// `factor`: what becomes of the factors of each product.
inline double logit(const Network& network, const FeatureTable& table, std::uint64_t row,
                    definition::Rounding factor = as_it_is) {
  const auto parameters = parameters_of(network);
  auto values = input_of(table, row, network.standardisation);
  const auto all = [](std::size_t) { return 1.0; };
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    values = std::visit([&](const auto& block) { return definition::forward(block, parameters[i], values, all, factor); },
                        network.blocks[i]);
  }
  return values[0];
}

}  // namespace naive
}  // namespace caloscope
