#include <algorithm>

#include "cuda/training_on_device.h"

namespace caloscope::cuda {
namespace {

/// At most.
std::size_t rows_of_batch(const TrainingTask& task) {
  return std::min<std::size_t>(task.settings.batch_size, task.training_rows.size());
}

}  // namespace

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
      on_device_(network_),
      states_(network_.layers.size()),
      most_rows_(rows_of_batch(task)),
      loss_(1) {
  input_.reserve(most_rows_ * network_.inputs());
  row_loss_.reserve(most_rows_);
  std::size_t largest = 0;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& layer = network_.layers[i];
    auto& state = states_[i];
    state.pre_activation.reserve(most_rows_ * layer.outputs);
    if (i + 1 < states_.size()) state.output.reserve(most_rows_ * layer.outputs);
    state.delta.reserve(most_rows_ * layer.outputs);
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

std::size_t TrainingOnDevice::bytes(const TrainingTask& task) {
  const std::size_t batch = rows_of_batch(task);
  std::size_t numbers = batch * task.shape.inputs + task.training_rows.size() + 2 * task.validation_rows.size();
  std::size_t largest = 0;
  std::size_t inputs = task.shape.inputs;
  const auto add_layer = [&](std::size_t outputs) {
    const std::size_t parameters = (inputs + 1) * outputs;
    numbers += 3 * parameters + 3 * batch * outputs;  // with the moments; z, f(z) and δ
    largest = std::max(largest, parameters);
    inputs = outputs;
  };
  for (const std::size_t width : task.shape.hidden) add_layer(width);
  add_layer(1);
  return sizeof(float) * (numbers + largest);
}

void TrainingOnDevice::begin_epoch(std::span<const std::uint32_t> order) {
  order_ = order;
  stream_.wait();
  order_on_device_.reserve(order.size());
  copy_to_device(order.data(), order.size(), order_on_device_.data(), stream_);
  stream_.wait();  // where the epoch is left, the order goes
}

void TrainingOnDevice::step(const StepPlace& place, std::size_t count, double learning_rate) {
  control_.check();
  const BatchSource source = read({order_.subspan(place.first_row, count), order_on_device_.data() + place.first_row});
  auto& last = states_.back();
  forward(task_.settings.precision, place, last.pre_activation.data());
  loss_and_delta(count_, source, class_weights_.of[0], class_weights_.of[1], last.pre_activation.data(),
                 row_loss_.data(), last.delta.data(), stream_);
  add_up(count_, row_loss_.data(), loss_.data(), stream_);
  backward(place);
  update(learning_rate);
}

BatchSource TrainingOnDevice::read(const BatchRows& rows) {
  count_ = static_cast<std::uint32_t>(rows.on_host.size());
  BatchSource source{rows.on_device, static_cast<std::uint32_t>(rows_.reference.rows()), {}, {}, samples_ == nullptr};
  if (samples_) {
    source.reference = samples_->reference.rows();
    source.generated = samples_->generated.rows();
  } else {
    std::vector<FeatureRow> list;
    list.reserve(count_);
    for (const std::uint32_t row : rows.on_host) {
      list.push_back({&rows_.table_of(row), static_cast<std::uint32_t>(rows_.row_in_table(row))});
    }
    stream_.wait();  // what was sent last is in memory that is used again
    batch_.gather(list, pool_);
    batch_.send(stream_);
    source.reference = batch_.on_device();
  }
  densify(count_, network_.inputs(), rows_.reference.scalars(), source, on_device_.standardisation(), input_.data(),
          stream_);
  return source;
}

LayerDropout TrainingOnDevice::dropout_of(std::size_t layer, const std::optional<StepPlace>& place) const {
  if (!place || task_.settings.dropout == 0) return {{}, 0, false};
  const std::uint32_t width = network_.layers[layer].outputs;
  const DropoutDraw first = dropout_draw(task_, *place, layer, width, 0);
  return {first, dropout_draw(task_, *place, layer, width, 1).counter - first.counter, true};
}

void TrainingOnDevice::forward(Precision precision, const std::optional<StepPlace>& place, float* logits) {
  const auto& layers = on_device_.layers();
  const float* before = input_.data();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    auto& state = states_[i];
    const bool last = i + 1 == layers.size();
    float* const z = last ? logits : state.pre_activation.data();
    multiply_in(precision, {count_, layer.outputs, layer.inputs}, {before, layer.inputs},
                {layer.weight.data(), layer.outputs}, z, layer.outputs, {.bias = layer.bias.data()}, stream_);
    if (last) return;
    activate(count_, layer.outputs, network_.activation, network_.slope, dropout_of(i, place), z, state.output.data(),
             stream_);
    before = state.output.data();
  }
}

/// δ of the layer before: (δ·Wᵀ) ∘ f′(z) ∘ dropout.
void TrainingOnDevice::backward(const StepPlace& place) {
  const auto& layers = on_device_.layers();
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
  const auto& layers = on_device_.layers();
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
    fetch(on_device_.layers()[i].weight, network_.layers[i].weight);
    fetch(on_device_.layers()[i].bias, network_.layers[i].bias);
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
    put(network.layers[i].weight, on_device_.layers()[i].weight);
    put(network.layers[i].bias, on_device_.layers()[i].bias);
  }
}

void TrainingOnDevice::restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) {
  network_ = std::move(network);
  on_device_ = NetworkOnDevice(network_);
  put_moments(moments);
  steps_done_ = steps;
}

std::vector<float> TrainingOnDevice::logits(std::span<const std::uint32_t> rows) {
  stream_.wait();
  validation_rows_.reserve(rows.size());
  validation_logits_.reserve(rows.size());
  copy_to_device(rows.data(), rows.size(), validation_rows_.data(), stream_);
  for (std::size_t first = 0; first < rows.size(); first += most_rows_) {
    control_.check();
    read({rows.subspan(first, std::min(most_rows_, rows.size() - first)), validation_rows_.data() + first});
    forward(Precision::float32, {}, validation_logits_.data() + first);
  }
  stream_.wait();
  std::vector<float> logits(rows.size());
  fetch(validation_logits_, logits);
  return logits;
}

}  // namespace caloscope::cuda
