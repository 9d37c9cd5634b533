#pragma once

#include <cstdint>
#include <vector>

#include "core/network.h"
#include "core/precision.h"
#include "cpu/input_tile.h"
#include "cpu/kernels/kernel_set.h"

namespace caloscope {

/// Rows that one tile of a forward pass works on, a multiple of every set's row block but the widest's. The bits of a
/// result do not depend on it.
constexpr std::size_t tile_rows = 192;

/// The right factors of a layer's product, in panels. Of the first layer the first inputs are dense, the rest sparse.
struct LayerPanels {
  std::vector<float> dense, sparse;
};

/// KernelSet::pack into a vector that is made as long as the panels need.
void pack_panels(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth,
                 std::size_t columns, std::size_t panel_width, std::vector<float>& panels);

/// Packs a layer's weights for products x·W.
void pack_layer(const LinearLayer& layer, std::size_t dense_inputs, LayerPanels& panels);

/// z = f(bias + x·W) of the first layer for a tile: `dense` has rows row_stride(dense inputs) apart, `z` has rows
/// `z_row` apart. `leak` as in ProductFrame.
void first_layer(const float* dense, std::size_t dense_inputs, const SparseGroups* sparse, std::size_t groups,
                 std::size_t rows, const LinearLayer& layer, const LayerPanels& panels, const float* leak, float* z,
                 std::size_t z_row);

/// z = f(bias + a·W) of a later layer; `a` has rows row_stride(inputs) apart.
void later_layer(const float* a, std::size_t rows, const LinearLayer& layer, const LayerPanels& panels,
                 const float* leak, float* z, std::size_t z_row);

/// A network whose weights are packed for the kernels. Does not change, so threads may share it.
class PackedNetwork {
 public:
  /// `dense_inputs`: how many of the inputs, from the first, are a dense block. The network must outlive this.
  PackedNetwork(const Network& network, std::uint32_t dense_inputs, Precision precision);

  /// Memory of one thread.
  struct Scratch {
    std::vector<float> even, odd, values;
    std::vector<std::uint32_t> pairs;
  };

  /// Logits of the rows of a tile that was gathered with the same `dense_inputs`.
  void predict(const InputTile& tile, Scratch& scratch, float* logits) const;

 private:
  /// The same panels as LayerPanels, of bfloat16.
  struct LayerPairs {
    std::vector<std::uint32_t> dense, sparse;
  };
  struct Target {
    std::size_t rows;
    const float* leak;
    float* z;
    std::size_t z_row;
  };

  void pack_pairs(std::size_t layer);
  void first_product(const InputTile& tile, const float* dense, Scratch& scratch, const Target& target) const;
  void later_product(std::size_t layer, const float* a, Scratch& scratch, const Target& target) const;
  /// frame(a·W) of the dense inputs of a layer with factors of bfloat16.
  void pair_product(std::size_t layer, std::size_t inputs, const float* a, Scratch& scratch, const Target& target,
                    const ProductFrame& frame) const;

  const Network* network_;
  std::uint32_t dense_inputs_;
  Precision precision_;
  std::vector<LayerPanels> panels_;  ///< one a layer, for float32
  std::vector<LayerPairs> pairs_;    ///< one a layer, for bfloat16
  float leak_;
  bool fused_;  ///< the activation is x > 0 ? x : leak·x: the products end with it
};

}  // namespace caloscope
