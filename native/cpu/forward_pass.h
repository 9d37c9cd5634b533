#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/network.h"
#include "cpu/batch.h"
#include "cpu/kernel_set.h"
#include "cpu/worker_pool.h"

namespace caloscope {

/// Rows that one tile of a loop works on. A multiple of no kernel's row block in particular: the bits of a result do
/// not depend on it.
constexpr std::size_t tile_rows = 96;

/// A network whose weights are packed for the kernels. Does not change, so threads may share it.
class PackedNetwork {
 public:
  /// `dense_inputs`: how many of the inputs, from the first, are a dense block. The network must outlive this.
  PackedNetwork(const Network& network, std::uint32_t dense_inputs);

  /// Memory of one thread.
  struct Scratch {
    Batch batch;
    std::vector<float> even, odd;
  };

  /// Logits of rows[0 … count) of the table; `count` ≤ tile_rows is meant.
  void predict(const FeatureTable& table, const std::uint32_t* rows, std::size_t count, Scratch& scratch,
               float* logits) const;

 private:
  const Network* network_;
  std::uint32_t dense_inputs_;
  std::vector<std::vector<float>> panels_;  ///< one a layer; of the first layer only the dense inputs
};

/// z = bias + x·W of the first layer for the rows [first, end) of a batch; z has `layer.outputs` columns.
void first_layer(const Batch& batch, std::size_t first, std::size_t end, const LinearLayer& layer,
                 const std::vector<float>& dense_panels, float* z);

/// z = bias + a·W of a later layer for `rows` rows.
void later_layer(const float* a, std::size_t rows, const LinearLayer& layer, const std::vector<float>& panels,
                 float* z);

/// KernelSet::pack into a vector that is made as long as the panels need.
void pack_panels(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth,
                 std::size_t columns, std::vector<float>& panels);

/// Packs the first `inputs` rows of a layer's weights for products x·W.
void pack_weights(const LinearLayer& layer, std::size_t inputs, std::vector<float>& panels);

}  // namespace caloscope
