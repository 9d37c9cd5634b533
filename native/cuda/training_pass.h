#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/training/network_training.h"
#include "cuda/sample_on_device.h"
#include "cuda/scoring_pass.h"
#include "cuda/training_kernels.h"

namespace caloscope::cuda {

/// All tables of the data on the device; empty where they do not fit: then each batch is read on the host and copied.
using ResidentTables = std::vector<SampleOnDevice>;

/// A network in training on the current device.
class TrainingPass : public NetworkInTraining {
 public:
  TrainingPass(const TrainingTask& task, const TrainingData& data, const ResidentTables& tables, WorkerPool& pool,
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
  /// Rows of a list that is on the host and on the device.
  struct BatchRows {
    std::span<const std::uint32_t> on_host;
    const std::uint32_t* on_device;
  };
  /// Makes rows the batch: their features lie in `input_`.
  void read(const BatchRows& rows);
  BlockInput input_of(std::size_t block) const;
  const float* output() const;
  /// From the input to the outputs. Without a step nothing is dropped.
  void forward(Precision precision, const std::optional<StepPlace>& step);
  void backward(const StepPlace& step);
  void update(double learning_rate);
  void put_network(const Network& network);
  void put_moments(const std::vector<AdamMoments>& moments);

  const TrainingTask& task_;
  TrainingData data_;
  const ResidentTables& tables_;
  WorkerPool& pool_;
  JobControl& control_;
  Objective objective_;
  std::uint64_t steps_done_ = 0;
  std::uint32_t count_ = 0;  ///< rows of the batch

  Network network_;  ///< the parameters as they were when they were last requested
  std::vector<AdamMoments> moments_;
  StandardisationOnDevice standardisation_;
  std::vector<BlockInTraining> blocks_;
  std::vector<TensorInTraining*> tensors_;  ///< of all blocks
  std::size_t most_rows_;                   ///< of a batch
  std::span<const std::uint32_t> order_;    ///< of this epoch
  DeviceArray<std::uint32_t> order_on_device_, validation_rows_;
  DeviceArray<Target> targets_;  ///< in the order of this epoch
  DeviceArray<float> validation_logits_;
  RowBatch batch_;
  DeviceArray<float> input_, gradient_;
  DeviceArray<double> row_loss_, loss_;
  Stream stream_;  ///< the last member: it ends before its memory is freed
};

}  // namespace caloscope::cuda
