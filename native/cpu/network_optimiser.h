#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/worker_pool.h"
#include "core/training/network_training.h"
#include "core/training/training.h"
#include "cpu/aligned_vector.h"
#include "cpu/forward_pass.h"
#include "cpu/input_tile.h"

namespace caloscope {

/// A network in training on the threads of this machine.
///
/// A step has two passes. The first cuts the batch into tiles of rows: features, forward, loss, backward to the δ of
/// every layer. The second cuts the parameters into tiles: gradient, AdamW, and the new weights packed for the next step
/// while they are in the cache.
class NetworkOptimiser : public NetworkInTraining {
 public:
  /// The initial network of the task, standardised to its training rows.
  NetworkOptimiser(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control);

  void begin_epoch(std::span<const std::uint32_t> order) override { order_ = order; }
  void step(const StepPlace& place, std::size_t count, double learning_rate) override;
  double take_loss() override;
  const Network& network() override { return network_; }
  const std::vector<AdamMoments>& moments() override { return moments_; }
  void replace_network(const Network& network) override;
  void restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) override;
  std::vector<float> logits(std::span<const std::uint32_t> rows) override;

 private:
  /// What belongs to one layer during training. Matrices over the batch have their rows `stride` apart.
  struct LayerState {
    std::size_t stride = 0;               ///< row_stride(outputs)
    PackedLayer weights;                  ///< for x·W
    RightFactor transposed;               ///< weights for δ·Wᵀ; not for the first layer
    AlignedVector<float> pre_activation;  ///< z; empty where f′ can be told from f
    AlignedVector<float> dropout;         ///< 0 or 1/(1 − dropout) for each output; empty without dropout
    AlignedVector<float> output;          ///< activation and dropout applied
    AlignedVector<float> delta;           ///< ∂loss/∂z
    RightFactor packed_delta;             ///< δ for aᵀ·δ
    RightFactor sparse_delta;             ///< of the first layer, for sparse inputs
  };

  /// Rows [first, end) of the batch.
  struct RowTile {
    std::size_t first, end;
    InputTile input;
  };

  /// Inputs [first, end) of a layer, whose weights are one tile of the second pass; `bias`: the biases instead.
  struct WeightTile {
    std::size_t layer, first, end;
    bool bias;
  };

  /// Memory of one thread.
  struct Scratch {
    LeftScratch left;
    std::vector<float> values;  ///< of a sparse factor
    AlignedVector<float> gradient;
    SparseSlices slices;
  };

  /// Entries of the batch's sparse part, column by column, the rows ascending.
  struct SparseColumns {
    std::vector<std::size_t> offset, next;
    std::vector<std::uint32_t> row;
    std::vector<float> value;
  };

  /// Spreads tiles over the pool. A cancelled job leaves between two tiles: a step of a wide network takes too long to
  /// wait for.
  void for_tiles(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body);
  void reserve(std::size_t batch_rows);
  void cut_weights();
  void cut_rows(std::size_t count);
  void pack_weights(const WeightTile& tile);
  void work_on_rows(RowTile& tile, std::span<const std::uint32_t> rows, Scratch& scratch);
  void gather(std::span<const std::uint32_t> rows, std::uint32_t dense_columns, InputTile& input) const;
  void forward(const RowTile& tile, Scratch& scratch);
  void activate(std::size_t layer, const RowTile& tile);
  void draw_dropout(std::size_t layer, const RowTile& tile);
  void loss_and_delta(const RowTile& tile, std::span<const std::uint32_t> rows);
  void backward(const RowTile& tile, Scratch& scratch);
  void pack_delta(const RowTile& tile);
  void transpose_sparse();
  void work_on_weights(const WeightTile& tile, Scratch& scratch);
  void dense_gradient(const WeightTile& tile, Scratch& scratch);
  void sparse_gradient(const WeightTile& tile, Scratch& scratch);
  void update_bias(std::size_t layer, Scratch& scratch);
  std::size_t dense_inputs(std::size_t layer) const { return layer == 0 ? dense_ : network_.layers[layer].inputs; }

  const TrainingTask& task_;
  const LabelledRows& rows_;
  WorkerPool& pool_;
  JobControl& control_;

  Network network_;
  std::vector<AdamMoments> moments_;
  std::vector<LayerState> states_;
  std::uint32_t dense_;     ///< inputs of the first layer that are a dense block
  LeakyForm leaky_;
  bool told_from_output_;   ///< f′(z) is 1 where f(z) > 0, the slope elsewhere
  bool packed_ = false;     ///< the panels are those of the network
  AlignedVector<float> input_;  ///< dense part of the batch, standardised
  std::vector<RowTile> row_tiles_;
  std::vector<WeightTile> weight_tiles_;
  std::vector<Scratch> scratch_;
  SparseColumns sparse_columns_;
  std::vector<double> row_loss_;
  std::size_t count_ = 0;                 ///< rows of the batch
  std::span<const std::uint32_t> order_;  ///< of this epoch
  StepPlace place_{};
  AdamStep adam_{};
  ClassWeights class_weights_;
  std::uint64_t steps_done_ = 0;
  double loss_ = 0;
};

}  // namespace caloscope
