#include "cuda/blocks/linear.h"

namespace caloscope::cuda {

LoadedLinear::LoadedLinear(const LinearBlock& block)
    : inputs_(block.inputs),
      outputs_(block.outputs),
      nonlinearity_(block.nonlinearity),
      weight_(on_device(block.weight)),
      bias_(on_device(block.bias)) {}

/// The dense columns first, then the hits on top of them.
void LoadedLinear::forward(const BlockInput& x, Precision precision, float* y, const Stream& stream) const {
  ProductEnd end{.bias = bias_.data()};
  if (nonlinearity_) {
    end.activate = true;
    end.activation = nonlinearity_->activation;
    end.slope = nonlinearity_->slope;
  }
  ProductEnd dense = end;
  dense.activate = end.activate && !x.sparse;
  multiply_in(precision, {x.rows, outputs_, x.dense_columns}, {x.dense, x.dense_columns}, {weight_.data(), outputs_}, y,
              outputs_, dense, stream);
  if (!x.sparse) return;
  end.accumulate = true;
  multiply_sparse(x.rows, outputs_, x.sparse->hits, x.sparse->voxels,
                  weight_.data() + std::size_t{x.dense_columns} * outputs_, precision == Precision::bfloat16, y, outputs_,
                  end, stream);
}

LinearInTraining::LinearInTraining(const LinearBlock& block, std::size_t number, std::size_t batch_rows,
                                   const TrainingTask& task)
    : inputs_(block.inputs),
      outputs_(block.outputs),
      nonlinearity_(block.nonlinearity),
      number_(number),
      task_(task),
      pre_activation_(batch_rows * block.outputs),
      delta_(batch_rows * block.outputs) {
  if (nonlinearity_) output_.reserve(batch_rows * outputs_);
}

/// With the moments; z, f(z) and δ.
std::size_t numbers_in_training(const LinearBlock& block, std::size_t batch_rows) {
  return 3 * (std::size_t{block.inputs} + 1) * block.outputs + 3 * batch_rows * block.outputs;
}

std::size_t numbers_of_gradient(const LinearBlock& block) { return std::size_t{block.inputs} * block.outputs; }

LayerDropout LinearInTraining::dropout_of(const std::optional<StepPlace>& step) const {
  if (!step || task_.settings.dropout == 0) return {{}, 0, false};
  const DropoutDraw first = dropout_draw(task_, *step, number_, outputs_, 0);
  return {first, dropout_draw(task_, *step, number_, outputs_, 1).counter - first.counter, true};
}

void LinearInTraining::forward(const BlockInput& x, Precision precision, const std::optional<StepPlace>& step,
                               const Stream& stream) {
  const auto& [weight, bias] = tensors_;
  multiply_in(precision, {x.rows, outputs_, inputs_}, {x.dense, inputs_}, {weight.values.data(), outputs_},
              pre_activation_.data(), outputs_, {.bias = bias.values.data()}, stream);
  if (!nonlinearity_) return;
  activate(x.rows, outputs_, nonlinearity_->activation, nonlinearity_->slope, dropout_of(step), pre_activation_.data(),
           output_.data(), stream);
}

/// ∂loss/∂z = ∂loss/∂y ∘ f′(z) ∘ dropout, and ∂loss/∂x = ∂loss/∂z·Wᵀ.
void LinearInTraining::backward(std::uint32_t rows, const StepPlace& step, float* before, const Stream& stream) {
  if (nonlinearity_) {
    multiply_by_slope(rows, outputs_, nonlinearity_->activation, nonlinearity_->slope, dropout_of(step),
                      pre_activation_.data(), delta_.data(), stream);
  }
  if (!before) return;
  multiply_in(task_.settings.precision, {rows, inputs_, outputs_}, {delta_.data(), outputs_},
              {tensors_[0].values.data(), 1, outputs_}, before, inputs_, {}, stream);
}

/// ∂loss/∂W = xᵀ·δ and ∂loss/∂b = Σ δ; biases do not decay.
void LinearInTraining::update(const BlockInput& x, const AdamStep& step, float* gradient, const Stream& stream) {
  const auto move = [&](const AdamStep& how, std::size_t count, const TensorInTraining& tensor) {
    adam(how, count, gradient, tensor.mean.data(), tensor.square.data(), tensor.values.data(), stream);
  };
  multiply_in(task_.settings.precision, {inputs_, outputs_, x.rows}, {x.dense, 1, inputs_}, {delta_.data(), outputs_},
              gradient, outputs_, {}, stream);
  move(step, std::size_t{inputs_} * outputs_, tensors_[0]);
  AdamStep without_decay = step;
  without_decay.decay = 0;
  add_rows(x.rows, outputs_, delta_.data(), gradient, stream);
  move(without_decay, outputs_, tensors_[1]);
}

}  // namespace caloscope::cuda
