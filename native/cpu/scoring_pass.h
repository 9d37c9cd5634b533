#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "core/samples/feature_table.h"
#include "cpu/aligned_vector.h"
#include "cpu/blocks/block.h"
#include "cpu/input_tile.h"

namespace caloscope::cpu {

/// Rows that one tile of a pass works on. The bits of a result do not depend on it.
constexpr std::size_t tile_rows = 192;

/// How many of the columns of a table, counted from the first, are dense before a network; `occupancy` as for dense_columns.
std::uint32_t dense_inputs(const Network& network, const FeatureTable& table, double occupancy);

/// Memory of one thread.
struct ScoringScratch {
  AlignedVector<float> even, odd;
  std::vector<float> values;
  LeftScratch left;
};

/// Logits of the rows of a tile. `forward(number, x, y, stride, scratch)` is what a block of the network does.
template <class Forward>
void score_tile(const Network& network, const InputTile& tile, ScoringScratch& scratch, float* logits,
                const Forward& forward) {
  auto* input = &scratch.even;
  auto* output = &scratch.odd;
  input->resize(tile.rows() * row_stride(tile.dense_columns()));
  tile.standardise_dense(network.standardisation, input->data());
  BlockInput x{tile.rows(), input->data(), row_stride(tile.dense_columns())};
  if (tile.sparse_columns() > 0) {
    tile.standardise_sparse(network.standardisation, scratch.values);
    x.sparse = &tile.sparse();
    x.values = &scratch.values;
  }
  for (std::size_t i = 0; i < network.blocks.size(); ++i) {
    const bool last = i + 1 == network.blocks.size();
    const std::size_t stride = last ? 1 : row_stride(outputs_of(network.blocks[i]));
    if (!last) output->resize(tile.rows() * stride);
    float* y = last ? logits : output->data();
    forward(i, x, y, stride, scratch.left);
    x = {tile.rows(), y, stride};
    std::swap(input, output);
  }
}

/// A network whose weights are packed for the kernels. Does not change, so threads may share it.
class LoadedNetwork {
 public:
  /// `dense_inputs`: how many of the inputs, from the first, are dense. The network must outlive this.
  LoadedNetwork(const Network& network, std::uint32_t dense_inputs, Precision precision);

  /// Logits of the rows of a tile that was gathered with the same `dense_inputs`.
  void score(const InputTile& tile, ScoringScratch& scratch, float* logits) const;

 private:
  const Network* network_;
  std::vector<LoadedBlock> blocks_;
};

}  // namespace caloscope::cpu
