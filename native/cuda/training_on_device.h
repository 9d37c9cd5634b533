#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/training/network_training.h"
#include "cuda/network_on_device.h"
#include "cuda/sample_on_device.h"
#include "cuda/training_kernels.h"

namespace caloscope::cuda {

/// Both samples on the device; absent where they do not fit: then each batch is read on the host and copied.
struct ResidentSamples {
  SampleOnDevice reference, generated;
};

/// A network in training on the current device.
class TrainingOnDevice : public NetworkInTraining {
 public:
  /// `samples` may be null.
  TrainingOnDevice(const TrainingTask& task, const LabelledRows& rows, const ResidentSamples* samples, WorkerPool& pool,
                   JobControl& control);

  /// Device memory of such a training, but for batches of samples that are not on the device.
  static std::size_t bytes(const TrainingTask& task);

  void begin_epoch(std::span<const std::uint32_t> order) override;
  void step(const StepPlace& place, std::size_t count, double learning_rate) override;
  double take_loss() override;
  const Network& network() override;
  const std::vector<AdamMoments>& moments() override;
  void replace_network(const Network& network) override;
  void restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) override;
  std::vector<float> logits(std::span<const std::uint32_t> rows) override;

 private:
  /// What belongs to one layer: matrices over the batch, and AdamW's moments.
  struct LayerState {
    DeviceArray<float> pre_activation;  ///< z
    DeviceArray<float> output;          ///< f(z)·dropout; not of the last layer
    DeviceArray<float> delta;           ///< ∂loss/∂z
    DeviceArray<float> weight_mean, weight_square, bias_mean, bias_square;
  };

  /// Rows of a list that is on the host and on the device.
  struct BatchRows {
    std::span<const std::uint32_t> on_host;
    const std::uint32_t* on_device;
  };
  /// Makes rows the batch: their features lie in `input_`.
  BatchSource read(const BatchRows& rows);
  /// From there to the logits. Without a place nothing is dropped.
  void forward(Precision precision, const std::optional<StepPlace>& place, float* logits);
  void backward(const StepPlace& place);
  void update(double learning_rate);
  LayerDropout dropout_of(std::size_t layer, const std::optional<StepPlace>& place) const;
  void put_moments(const std::vector<AdamMoments>& moments);

  const TrainingTask& task_;
  const LabelledRows& rows_;
  const ResidentSamples* samples_;
  WorkerPool& pool_;
  JobControl& control_;
  ClassWeights class_weights_;
  std::uint64_t steps_done_ = 0;
  std::uint32_t count_ = 0;  ///< rows of the batch

  Network network_;  ///< the parameters as they were when they were last asked for
  std::vector<AdamMoments> moments_;
  NetworkOnDevice on_device_;
  std::vector<LayerState> states_;
  std::size_t most_rows_;                 ///< of a batch
  std::span<const std::uint32_t> order_;  ///< of this epoch
  DeviceArray<std::uint32_t> order_on_device_, validation_rows_;
  DeviceArray<float> validation_logits_;
  RowBatch batch_;
  DeviceArray<float> input_, gradient_;
  DeviceArray<double> row_loss_, loss_;
  Stream stream_;  ///< the last member: it ends before its memory is freed
};

}  // namespace caloscope::cuda
