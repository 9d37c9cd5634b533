#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/worker_pool.h"
#include "core/training/network_training.h"
#include "cpu/aligned_vector.h"
#include "cpu/blocks/block.h"
#include "cpu/input_tile.h"

namespace caloscope::cpu {

/// A network in training on the threads of this machine.
///
/// A step has two passes. The first cuts the batch into tiles of rows: features, forward, loss, backward to the δ of
/// every block. The second cuts the parameters into tiles: gradient, AdamW, and the new weights packed for the next step
/// while they are in the cache.
class TrainingPass : public NetworkInTraining {
 public:
  /// The initial network of the task, standardised to its training rows.
  TrainingPass(const TrainingTask& task, const TrainingData& data, WorkerPool& pool, JobControl& control);

  void begin_epoch(std::span<const std::uint32_t> order) override { order_ = order; }
  void step(const StepPlace& place, std::size_t count, double learning_rate) override;
  double take_loss() override;
  const Network& network() override { return network_; }
  const std::vector<AdamMoments>& moments() override { return moments_; }
  void replace_network(const Network& network) override;
  void restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) override;
  std::vector<float> logits(std::span<const std::uint32_t> rows) override;

 private:
  struct RowTile {
    RowRange range;
    InputTile input;
  };

  /// A tile of the parameters of a block.
  struct ParameterTile {
    std::size_t block, tile;
  };

  /// Spreads tiles over the pool. A cancelled job leaves between two tiles: a step of a wide network takes too long to
  /// wait for.
  void for_tiles(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body);
  void cut_parameters();
  void cut_rows(std::size_t count);
  void pack();
  void work_on_rows(RowTile& tile, std::span<const std::uint32_t> rows, BlockScratch& scratch);
  void gather(std::span<const std::uint32_t> rows, std::uint32_t dense_columns, InputTile& input) const;
  void forward(const RowTile& tile, BlockScratch& scratch);
  void loss_and_delta(const RowRange& range, std::span<const std::uint32_t> rows);
  void backward(const RowRange& range, BlockScratch& scratch);
  void transpose_sparse();
  void work_on_parameters(const ParameterTile& tile, BlockScratch& scratch);

  const TrainingTask& task_;
  TrainingData data_;
  WorkerPool& pool_;
  JobControl& control_;

  Network network_;                     ///< its blocks stay where they are: those in training point to them
  std::vector<AdamMoments> moments_;    ///< the same
  Objective objective_;
  std::uint32_t dense_;                 ///< inputs of the first block that are dense
  std::vector<BlockInTraining> blocks_;
  bool packed_ = false;                 ///< the panels are those of the network
  AlignedVector<float> input_;          ///< dense part of the batch, standardised
  std::vector<RowTile> row_tiles_;
  std::vector<ParameterTile> parameter_tiles_;
  std::vector<BlockScratch> scratch_;
  SparseColumns sparse_columns_;
  std::vector<double> row_loss_;
  std::size_t count_ = 0;                 ///< rows of the batch
  std::span<const std::uint32_t> order_;  ///< of this epoch
  StepPlace place_{};
  AdamStep adam_{};
  std::uint64_t steps_done_ = 0;
  double loss_ = 0;
};

}  // namespace caloscope::cpu
