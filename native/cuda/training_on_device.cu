#include <algorithm>

#include "cuda/batched_prediction.h"
#include "cuda/training_on_device.h"

namespace caloscope::cuda {

TrainingOnDevice::TrainingOnDevice(const TrainingTask& task, const LabelledRows& rows, const ResidentSamples* samples,
                                   WorkerPool& pool, JobControl& control)
    : task_(task),
      rows_(rows),
      samples_(samples),
      pool_(pool),
      control_(control),
      class_weights_(task, rows),
      network_(untrained_network(task, rows, control)),
      moments_(first_moments(network_)),
      states_(network_.layers.size()),
      loss_(1) {
  loaded_.emplace_back(network_);
  const std::size_t batch = std::min<std::size_t>(task.settings.batch_size, task.training_rows.size());
  numbers_.reserve(batch);
  input_.reserve(batch * network_.inputs());
  row_loss_.reserve(batch);
  std::size_t largest = 0;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    state.pre_activation.reserve(batch * layer.outputs);
    if (i + 1 < states_.size()) state.output.reserve(batch * layer.outputs);
    state.delta.reserve(batch * layer.outputs);
    state.weight_mean.reserve(layer.weight.size());
    state.weight_square.reserve(layer.weight.size());
    state.bias_mean.reserve(layer.outputs);
    state.bias_square.reserve(layer.outputs);
    largest = std::max({largest, layer.weight.size(), std::size_t{layer.outputs}});
  }
  gradient_.reserve(largest);
  put_moments(moments_);
  put(std::vector<double>{0}, loss_);
}

void TrainingOnDevice::step(std::span<const std::uint32_t> rows, const StepPlace& place, double learning_rate) {
  control_.check();
  count_ = static_cast<std::uint32_t>(rows.size());
  const BatchSource source = send(rows);
  densify(count_, network_.inputs(), rows_.reference.scalars(), source, loaded_[0].standardisation(), input_.data(),
          stream_);
  forward(place);
  loss_and_delta(count_, source, class_weights_.of[0], class_weights_.of[1], states_.back().pre_activation.data(),
                 row_loss_.data(), states_.back().delta.data(), stream_);
  add_up(count_, row_loss_.data(), loss_.data(), stream_);
  backward(place);
  update(learning_rate);
}

BatchSource TrainingOnDevice::send(std::span<const std::uint32_t> rows) {
  // From memory that is not pinned: the runtime has taken its copy when this returns.
  copy_to_device(rows.data(), rows.size(), numbers_.data(), stream_);
  BatchSource source{numbers_.data(), static_cast<std::uint32_t>(rows_.reference.rows()), {}, {}, samples_ == nullptr};
  if (samples_) {
    source.reference = samples_->reference.rows();
    source.generated = samples_->generated.rows();
    return source;
  }
  std::vector<FeatureRow> list;
  list.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    list.push_back({&rows_.table_of(row), static_cast<std::uint32_t>(rows_.row_in_table(row))});
  }
  stream_.wait();  // what was sent last is in memory that is used again
  batch_.gather(list, pool_);
  batch_.send(stream_);
  source.reference = batch_.on_device();
  return source;
}

LayerDropout TrainingOnDevice::dropout_of(std::size_t layer, const StepPlace& place) const {
  const std::uint32_t width = network_.layers[layer].outputs;
  const DropoutDraw first = dropout_draw(task_, place, layer, width, 0);
  return {first, dropout_draw(task_, place, layer, width, 1).counter - first.counter, task_.settings.dropout > 0};
}

void TrainingOnDevice::forward(const StepPlace& place) {
  const auto& layers = loaded_[0].layers();
  const float* before = input_.data();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    auto& state = states_[i];
    multiply_in(task_.settings.precision, {count_, layer.outputs, layer.inputs}, {before, layer.inputs},
                {layer.weight.data(), layer.outputs}, state.pre_activation.data(), layer.outputs,
                {.bias = layer.bias.data()}, stream_);
    if (i + 1 == layers.size()) return;
    activate(count_, layer.outputs, network_.activation, network_.slope, dropout_of(i, place),
             state.pre_activation.data(), state.output.data(), stream_);
    before = state.output.data();
  }
}

/// δ of the layer before: (δ·Wᵀ) ∘ f′(z) ∘ dropout.
void TrainingOnDevice::backward(const StepPlace& place) {
  const auto& layers = loaded_[0].layers();
  for (std::size_t i = layers.size(); --i > 0;) {
    const auto& layer = layers[i];
    auto& before = states_[i - 1];
    multiply_in(task_.settings.precision, {count_, layer.inputs, layer.outputs}, {states_[i].delta.data(), layer.outputs},
                {layer.weight.data(), 1, layer.outputs}, before.delta.data(), layer.inputs, {}, stream_);
    multiply_by_slope(count_, layer.inputs, network_.activation, network_.slope, dropout_of(i - 1, place),
                      before.pre_activation.data(), before.delta.data(), stream_);
  }
}

/// ∂loss/∂W = aᵀ·δ and ∂loss/∂b = Σ δ; biases do not decay.
void TrainingOnDevice::update(double learning_rate) {
  const AdamStep step = adam_step(task_.settings, learning_rate, ++steps_done_);
  AdamStep without_decay = step;
  without_decay.decay = 0;
  const auto& layers = loaded_[0].layers();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    auto& state = states_[i];
    const float* a = i == 0 ? input_.data() : states_[i - 1].output.data();
    multiply_in(task_.settings.precision, {layer.inputs, layer.outputs, count_}, {a, 1, layer.inputs},
                {state.delta.data(), layer.outputs}, gradient_.data(), layer.outputs, {}, stream_);
    adam(step, std::size_t{layer.inputs} * layer.outputs, gradient_.data(), state.weight_mean.data(),
         state.weight_square.data(), layer.weight.data(), stream_);
    add_rows(count_, layer.outputs, state.delta.data(), gradient_.data(), stream_);
    adam(without_decay, layer.outputs, gradient_.data(), state.bias_mean.data(), state.bias_square.data(),
         layer.bias.data(), stream_);
  }
}

double TrainingOnDevice::take_loss() {
  stream_.wait();
  std::vector<double> loss(1);
  fetch(loss_, loss);
  put(std::vector<double>{0}, loss_);
  return loss[0];
}

const Network& TrainingOnDevice::network() {
  stream_.wait();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    fetch(loaded_[0].layers()[i].weight, network_.layers[i].weight);
    fetch(loaded_[0].layers()[i].bias, network_.layers[i].bias);
  }
  return network_;
}

const std::vector<AdamMoments>& TrainingOnDevice::moments() {
  stream_.wait();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    fetch(states_[i].weight_mean, moments_[i].weight_mean);
    fetch(states_[i].weight_square, moments_[i].weight_square);
    fetch(states_[i].bias_mean, moments_[i].bias_mean);
    fetch(states_[i].bias_square, moments_[i].bias_square);
  }
  return moments_;
}

void TrainingOnDevice::put_moments(const std::vector<AdamMoments>& moments) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    put(moments[i].weight_mean, states_[i].weight_mean);
    put(moments[i].weight_square, states_[i].weight_square);
    put(moments[i].bias_mean, states_[i].bias_mean);
    put(moments[i].bias_square, states_[i].bias_square);
  }
}

void TrainingOnDevice::replace_network(const Network& network) {
  stream_.wait();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    put(network.layers[i].weight, loaded_[0].layers()[i].weight);
    put(network.layers[i].bias, loaded_[0].layers()[i].bias);
  }
}

void TrainingOnDevice::restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) {
  network_ = std::move(network);
  loaded_.clear();
  loaded_.emplace_back(network_);
  put_moments(moments);
  steps_done_ = steps;
}

std::vector<float> TrainingOnDevice::logits(const FeatureTable& table, std::span<const std::uint32_t> rows) {
  stream_.wait();
  return judge(loaded_, Precision::float32, table, rows, pool_, [&](std::size_t) { control_.check(); });
}

}  // namespace caloscope::cuda
