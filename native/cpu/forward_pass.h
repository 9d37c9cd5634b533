#pragma once

#include <cstdint>
#include <vector>

#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "cpu/aligned_vector.h"
#include "cpu/input_tile.h"
#include "cpu/right_factor.h"

namespace caloscope {

/// Rows that one tile of a forward pass works on. The bits of a result do not depend on it.
constexpr std::size_t tile_rows = 192;

/// The weights of a layer for products x·W. Of the first layer the first inputs are dense, the rest sparse.
struct PackedLayer {
  RightFactor dense, sparse;

  PackedLayer() = default;
  /// Zeros.
  PackedLayer(const LinearLayer& layer, std::size_t dense_inputs, Precision precision);
};

/// How f(z) is made: products may end with it when it is x > 0 ? x : leak·x.
struct LeakyForm {
  bool exact;  ///< the activation has this form
  float leak;

  explicit LeakyForm(const Network& network);
};

/// z = frame(x·W) of the first layer for a tile whose dense part is standardised already; its rows are
/// row_stride(tile.dense_columns()) apart. `values` is memory for the sparse part.
void first_layer(const InputTile& tile, const float* dense, const Network& network, const PackedLayer& packed,
                 const float* leak, float* z, std::size_t z_row, std::vector<float>& values, LeftScratch& scratch);

/// A network whose weights are packed for the kernels. Does not change, so threads may share it.
class PackedNetwork {
 public:
  /// `dense_inputs`: how many of the inputs, from the first, are a dense block. The network must outlive this.
  PackedNetwork(const Network& network, std::uint32_t dense_inputs, Precision precision);

  /// Memory of one thread.
  struct Scratch {
    AlignedVector<float> even, odd;
    std::vector<float> values;
    LeftScratch left;
  };

  /// Logits of the rows of a tile that was gathered with the same `dense_inputs`.
  void predict(const InputTile& tile, Scratch& scratch, float* logits) const;

 private:
  const Network* network_;
  std::uint32_t dense_inputs_;
  std::vector<PackedLayer> layers_;
  LeakyForm leaky_;
};

}  // namespace caloscope
