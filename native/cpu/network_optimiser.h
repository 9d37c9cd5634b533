#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/job_control.h"
#include "core/training.h"
#include "cpu/batch.h"
#include "cpu/forward_pass.h"
#include "cpu/worker_pool.h"

namespace caloscope {

/// A network that is being trained: its parameters, AdamW's moments, and the arithmetic of one step on a batch of the
/// balanced binary cross-entropy. What follows on what (epochs, rates, stopping) is decided outside.
class NetworkOptimiser {
 public:
  /// The initial network of the task, standardised to its training rows.
  NetworkOptimiser(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control);

  /// Where in a training a step stands: dropout is a function of it.
  struct Place {
    std::uint32_t epoch;
    std::uint64_t first_row;  ///< place of the first row of the batch in the order of the epoch
  };

  /// One AdamW step; returns the summed weighted loss before it, in nats. Throws Error(cancelled) between two tiles.
  double step(std::span<const std::uint32_t> rows, const Place& place, double learning_rate);

  Network& network() { return network_; }

  /// One entry a layer.
  const std::vector<AdamMoments>& moments() const { return moments_; }

  /// Goes on from where another optimiser of the same task stood after `steps` steps.
  void restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps);

  /// Spreads tiles over the pool. A cancelled job leaves between two tiles: a step of a wide network takes too long to
  /// wait for.
  void for_tiles(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body);

 private:
  /// What belongs to one layer during training.
  struct LayerState {
    std::vector<float> panels;             ///< weights packed for x·W (first layer: dense columns only)
    std::vector<float> transposed_panels;  ///< weights packed for δ·Wᵀ
    std::vector<float> delta_panels;       ///< δ packed for aᵀ·δ
    std::vector<float> pre_activation;     ///< z, batch × outputs
    std::vector<float> dropout;            ///< 0 or 1/(1 − dropout) for each output; empty without dropout
    std::vector<float> output;             ///< activation and dropout applied
    std::vector<float> delta;              ///< ∂loss/∂z
    std::vector<float> weight_gradient, bias_gradient;
  };

  void gather(std::span<const std::uint32_t> rows);
  void forward(std::size_t count);
  double loss_and_delta(std::span<const std::uint32_t> rows);
  void backward(std::size_t count);
  void delta_through(std::size_t layer, std::size_t count);
  void weight_gradient(std::size_t layer, std::size_t count);
  void update(double learning_rate);
  void apply_activation(std::size_t layer, std::size_t first, std::size_t end);
  void apply_slope(std::size_t layer, std::size_t first, std::size_t end);
  void draw_dropout(std::size_t layer, std::size_t first, std::size_t end);
  std::size_t tiles_of(std::size_t count) const { return (count + tile_rows - 1) / tile_rows; }

  const TrainingTask& task_;
  const LabelledRows& rows_;
  WorkerPool& pool_;
  JobControl& control_;

  Network network_;
  std::vector<AdamMoments> moments_;
  std::vector<LayerState> states_;
  Batch batch_;
  Place place_{};
  double class_weight_[2] = {1, 1};  ///< generated, reference: both classes count the same in total
  std::uint64_t steps_done_ = 0;
};

}  // namespace caloscope
