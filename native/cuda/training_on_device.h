#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/network_training.h"
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

  void step(std::span<const std::uint32_t> rows, const StepPlace& place, double learning_rate) override;
  double take_loss() override;
  const Network& network() override;
  const std::vector<AdamMoments>& moments() override;
  void replace_network(const Network& network) override;
  void restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) override;
  std::vector<float> logits(const FeatureTable& table, std::span<const std::uint32_t> rows) override;

 private:
  /// What belongs to one layer: matrices over the batch, and AdamW's moments.
  struct LayerState {
    DeviceArray<float> pre_activation;  ///< z
    DeviceArray<float> output;          ///< f(z)·dropout; not of the last layer
    DeviceArray<float> delta;           ///< ∂loss/∂z
    DeviceArray<float> weight_mean, weight_square, bias_mean, bias_square;
  };

  BatchSource send(std::span<const std::uint32_t> rows);
  void forward(const StepPlace& place);
  void backward(const StepPlace& place);
  void update(double learning_rate);
  LayerDropout dropout_of(std::size_t layer, const StepPlace& place) const;
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
  std::vector<NetworkOnDevice> loaded_;  ///< one
  std::vector<LayerState> states_;
  DeviceArray<std::uint32_t> numbers_;   ///< of the rows of the batch
  RowBatch batch_;
  DeviceArray<float> input_, gradient_;
  DeviceArray<double> row_loss_, loss_;
  Stream stream_;  ///< the last member: it ends before its memory is freed
};

}  // namespace caloscope::cuda
