#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/job_control.h"
#include "core/training.h"
#include "cpu/batch.h"
#include "cpu/forward_pass.h"
#include "cpu/worker_pool.h"

namespace caloscope {

/// Trains one network: AdamW on the balanced binary cross-entropy, early stopping on the validation rows.
class Trainer {
 public:
  /// `visited(rows)` is called as training rows are worked off (for progress).
  Trainer(const TrainingTask& task, const LabelledRows& rows, WorkerPool& pool, JobControl& control,
          std::function<void(std::uint64_t rows)> visited);

  TrainedNetwork run();

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
    std::vector<float> weight_m, weight_v, bias_m, bias_v;  ///< Adam's moments
  };

  void run_tiles(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body);
  double epoch();
  double step(const std::uint32_t* rows, std::size_t count);
  void gather(const std::uint32_t* rows, std::size_t count);
  void forward(std::size_t count);
  double loss_and_delta(const std::uint32_t* rows, std::size_t count);
  void backward(std::size_t count);
  void delta_through(std::size_t layer, std::size_t count);
  void weight_gradient(std::size_t layer, std::size_t count);
  void update();
  void apply_activation(std::size_t layer, std::size_t first, std::size_t end);
  void apply_slope(std::size_t layer, std::size_t first, std::size_t end);
  void draw_dropout(std::size_t layer, std::size_t first, std::size_t end);
  double learning_rate() const;
  double validation_loss();
  double validation_loss_of(const PackedNetwork& packed, bool reference);
  std::size_t tiles_of(std::size_t count) const { return (count + tile_rows - 1) / tile_rows; }

  const TrainingTask& task_;
  const LabelledRows& rows_;
  WorkerPool& pool_;
  JobControl& control_;
  std::function<void(std::uint64_t)> visited_;

  Network network_;
  std::vector<LayerState> states_;
  Batch batch_;
  std::vector<std::uint32_t> validation_places_[2];  ///< rows in the generated and in the reference table
  double class_weight_[2] = {1, 1};  ///< generated, reference: both classes count the same in total
  double plateau_factor_ = 1;
  std::uint64_t steps_done_ = 0;
  double last_rate_ = 0;  ///< learning rate of the last step
  std::uint64_t steps_in_epoch_ = 0;
  std::uint32_t epoch_ = 0;
  std::uint64_t step_in_epoch_ = 0;
};

}  // namespace caloscope
