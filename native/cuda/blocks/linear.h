#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/networks/blocks/linear.h"
#include "cuda/blocks/block_pass.h"
#include "cuda/training_kernels.h"

namespace caloscope::cuda {

/// Whether the first block of a network may be of this kind without that sparse columns are spread.
constexpr bool reads_sparse(const LinearBlock&) { return true; }

/// A block whose parameters lie on the current device.
class LoadedLinear {
 public:
  explicit LoadedLinear(const LinearBlock& block);

  std::uint32_t outputs() const { return outputs_; }

  /// y = f(x·W + b).
  void forward(const BlockInput& x, Precision precision, float* y, const Stream& stream) const;

 private:
  std::uint32_t inputs_, outputs_;
  std::optional<Nonlinearity> nonlinearity_;
  DeviceArray<float> weight_;  ///< inputs × outputs
  DeviceArray<float> bias_;
};

/// Ready to score.
inline LoadedLinear load(const LinearBlock& block) { return LoadedLinear(block); }

/// A block in training on the current device: parameters, moments, and matrices over the batch.
class LinearInTraining {
 public:
  /// `number`: of the block in its network. Parameters and moments are put by whom trains.
  LinearInTraining(const LinearBlock& block, std::size_t number, std::size_t batch_rows, const TrainingTask& task);

  /// In the order of LinearBlock::for_each_tensor.
  std::span<TensorInTraining> tensors() { return tensors_; }

  const float* output() const { return nonlinearity_ ? output_.data() : pre_activation_.data(); }
  float* delta() { return delta_.data(); }  ///< ∂loss/∂y, and ∂loss/∂z after `backward`

  /// Without a step nothing is dropped.
  void forward(const BlockInput& x, Precision precision, const std::optional<StepPlace>& step, const Stream& stream);
  /// `before`: ∂loss/∂x; null where it is of no use.
  void backward(std::uint32_t rows, const StepPlace& step, float* before, const Stream& stream);
  /// Gradient and AdamW. `gradient` has room for the largest tensor.
  void update(const BlockInput& x, const AdamStep& step, float* gradient, const Stream& stream);

 private:
  LayerDropout dropout_of(const std::optional<StepPlace>& step) const;

  std::uint32_t inputs_, outputs_;
  std::optional<Nonlinearity> nonlinearity_;
  std::size_t number_;
  const TrainingTask& task_;
  TensorInTraining tensors_[2];        ///< weight (inputs × outputs), bias
  DeviceArray<float> pre_activation_;  ///< z
  DeviceArray<float> output_;          ///< f(z)·dropout; not without f
  DeviceArray<float> delta_;
};

/// Numbers on the device that such a block takes, and those of its largest gradient.
std::size_t numbers_in_training(const LinearBlock& block, std::size_t batch_rows);
std::size_t numbers_of_gradient(const LinearBlock& block);

inline LinearInTraining train(const LinearBlock& block, std::size_t number, std::size_t batch_rows,
                              const TrainingTask& task) {
  return {block, number, batch_rows, task};
}

}  // namespace caloscope::cuda
