#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/networks/blocks/linear.h"
#include "core/networks/precision.h"
#include "core/training/network_training.h"
#include "cpu/aligned_vector.h"
#include "cpu/blocks/block_pass.h"
#include "cpu/right_factor.h"

namespace caloscope::cpu {

/// Whether the first block of a network may be of this kind without that sparse columns are spread.
constexpr bool reads_sparse(const LinearBlock&) { return true; }

/// How f(z) is made: products may end with it when it is x > 0 ? x : leak·x.
struct LeakyForm {
  bool exact = false;  ///< the activation has this form
  float leak = 0;

  explicit LeakyForm(const LinearBlock& block);
};

/// A block whose weights are packed for products x·W: the first inputs for dense ones, the rest for sparse ones. The block
/// must outlive it.
class LoadedLinear {
 public:
  /// Zeros in place of the weights.
  LoadedLinear(const LinearBlock& block, std::size_t dense_inputs, Precision precision);

  /// Packs the weights of the inputs [first, end): either dense ones or sparse ones.
  void pack(std::size_t first, std::size_t end);

  /// z = x·W + b, or f of that where `leak` says so. Rows of z are `stride` apart.
  void multiply(const BlockInput& x, const float* leak, float* z, std::size_t stride, LeftScratch& scratch) const;

  /// y = f(x·W + b). Numbers between the rows of y may change too.
  void forward(const BlockInput& x, float* y, std::size_t stride, LeftScratch& scratch) const;

 private:
  const LinearBlock* block_;
  std::size_t dense_inputs_;
  LeakyForm leaky_;
  RightFactor dense_, sparse_;
};

/// Ready to score.
LoadedLinear load(const LinearBlock& block, std::size_t dense_inputs, Precision precision);

/// A block in training: changes its parameters and moments, which must outlive it. The matrices are over the batch.
class LinearInTraining {
 public:
  LinearInTraining(LinearBlock& block, std::span<AdamMoments> moments, const BlockPlace& place,
                   const TrainingTask& task);

  /// Rows of the next batch.
  void begin_batch(std::size_t rows);

  std::size_t stride() const { return stride_; }  ///< between the rows of both
  const float* output() const { return output_.data(); }
  float* delta() { return delta_.data(); }        ///< ∂loss/∂y, and ∂loss/∂z after `backward`
  const LoadedLinear& loaded() const { return weights_; }

  void forward(const RowRange& rows, const BlockInput& x, const StepPlace& step, BlockScratch& scratch);
  /// `before`: ∂loss/∂x, with rows `before_stride` apart; null where it is of no use.
  void backward(const RowRange& rows, float* before, std::size_t before_stride, BlockScratch& scratch);

  /// The parameters are cut into tiles, which may be worked on at once.
  std::size_t tiles() const { return tiles_.size() + 1; }
  /// Numbers in a tile.
  std::size_t tile_size(std::size_t tile) const;
  /// Makes what the passes need of a tile whose numbers are new.
  void pack(std::size_t tile);
  /// Gradient and AdamW, and `pack` while the numbers are in the cache.
  void update(std::size_t tile, const BatchInput& x, const AdamStep& step, BlockScratch& scratch);

 private:
  /// Inputs [first, end), whose weights are a tile. The biases are the last tile.
  struct WeightTile {
    std::size_t first, end;
  };

  void activate(const RowRange& rows, const StepPlace& step);
  void multiply_by_slope(const RowRange& rows);
  void pack_delta(const RowRange& rows);
  void dense_gradient(const WeightTile& tile, const BatchInput& x, BlockScratch& scratch) const;
  void sparse_gradient(const WeightTile& tile, const SparseColumns& x, BlockScratch& scratch) const;
  void update_bias(const AdamStep& step, BlockScratch& scratch);

  LinearBlock& block_;
  AdamMoments& weight_moments_;
  AdamMoments& bias_moments_;
  const TrainingTask& task_;
  BlockPlace place_;
  LeakyForm leaky_;
  bool told_from_output_;                ///< f′(z) is 1 where f(z) > 0, the slope elsewhere
  std::size_t stride_;
  std::size_t rows_ = 0;                 ///< of the batch
  std::vector<WeightTile> tiles_;
  LoadedLinear weights_;
  RightFactor transposed_;               ///< weights for δ·Wᵀ; not of the first block
  AlignedVector<float> pre_activation_;  ///< z; empty where f′ can be told from f
  AlignedVector<float> dropout_;         ///< 0 or 1/(1 − dropout) for each output; empty without dropout
  AlignedVector<float> output_;          ///< activation and dropout applied
  AlignedVector<float> delta_;
  RightFactor packed_delta_;             ///< δ for aᵀ·δ
  RightFactor sparse_delta_;             ///< the same for sparse inputs
};

inline LinearInTraining train(LinearBlock& block, std::span<AdamMoments> moments, const BlockPlace& place,
                              const TrainingTask& task) {
  return {block, moments, place, task};
}

}  // namespace caloscope::cpu
