#include <algorithm>

#include "cuda/training_pass.h"

namespace caloscope::cuda {
namespace {

/// At most.
std::size_t rows_of_batch(const TrainingTask& task) {
  return std::min<std::size_t>(task.settings.batch_size, task.training_rows.size());
}

}  // namespace

TrainingPass::TrainingPass(const TrainingTask& task, const TrainingData& data, const ResidentTables& tables,
                           WorkerPool& pool, JobControl& control)
    : task_(task),
      data_(data),
      tables_(tables),
      pool_(pool),
      control_(control),
      objective_(objective_on(data, task.training_rows)),
      network_(untrained_network(task, data, control)),
      moments_(first_moments(network_)),
      standardisation_(network_.standardisation),
      most_rows_(rows_of_batch(task)),
      loss_(1) {
  input_.reserve(most_rows_ * network_.inputs());
  row_loss_.reserve(most_rows_);
  for (std::size_t i = 0; i < network_.blocks.size(); ++i) {
    const auto in_training = [&](const auto& block) -> BlockInTraining { return train(block, i, most_rows_, task); };
    blocks_.push_back(std::visit(in_training, network_.blocks[i]));
  }
  for (auto& each : blocks_) {
    std::visit([&](auto& block) { for (auto& tensor : block.tensors()) tensors_.push_back(&tensor); }, each);
  }
  std::size_t largest = 0;
  std::size_t number = 0;
  for_each_tensor(network_.blocks, [&](const auto& tensor) {
    auto& [values, mean, square] = *tensors_[number++];
    for (auto* array : {&values, &mean, &square}) array->reserve(tensor.values.size());
    largest = std::max(largest, tensor.values.size());
  });
  gradient_.reserve(largest);
  put_network(network_);
  put_moments(moments_);
  put(std::vector<double>{0}, loss_);
}

std::size_t TrainingPass::bytes(const TrainingTask& task) {
  const std::size_t batch = rows_of_batch(task);
  // With numbers and targets of the rows, and the logits of those that validate.
  std::size_t numbers = batch * task.shape.inputs + 3 * task.training_rows.size() + 2 * task.validation_rows.size();
  std::size_t largest = 0;
  for (const auto& block : blocks_of(task.shape)) {
    numbers += std::visit([&](const auto& kind) { return numbers_in_training(kind, batch); }, block);
    largest = std::max(largest, std::visit([](const auto& kind) { return numbers_of_gradient(kind); }, block));
  }
  return sizeof(float) * (numbers + largest);
}

void TrainingPass::begin_epoch(std::span<const std::uint32_t> order) {
  order_ = order;
  const auto targets = targets_of(data_, order);
  stream_.wait();
  order_on_device_.reserve(order.size());
  targets_.reserve(order.size());
  copy_to_device(order.data(), order.size(), order_on_device_.data(), stream_);
  copy_to_device(targets.data(), targets.size(), targets_.data(), stream_);
  stream_.wait();  // where the epoch is left, the order goes
}

void TrainingPass::step(const StepPlace& place, std::size_t count, double learning_rate) {
  control_.check();
  read({order_.subspan(place.first_row, count), order_on_device_.data() + place.first_row});
  forward(task_.settings.precision, place);
  float* const delta = std::visit([](auto& last) { return last.delta(); }, blocks_.back());
  loss_and_delta(count_, targets_.data() + place.first_row, objective_, output(), row_loss_.data(), delta, stream_);
  add_up(count_, row_loss_.data(), loss_.data(), stream_);
  backward(place);
  update(learning_rate);
}

void TrainingPass::read(const BatchRows& rows) {
  count_ = static_cast<std::uint32_t>(rows.on_host.size());
  const FeatureTable& table = first_table(data_);
  BatchSource source{rows.on_device, static_cast<std::uint32_t>(table.rows()), {}, {}, tables_.empty()};
  if (!tables_.empty()) {
    source.first = tables_.front().rows();
    source.second = tables_.back().rows();
  } else {
    std::vector<FeatureRow> list;
    list.reserve(count_);
    std::visit(
        [&](const auto& data) {
          for (const std::uint32_t row : rows.on_host) {
            list.push_back({&data.table_of(row), static_cast<std::uint32_t>(data.row_in_table(row))});
          }
        },
        data_);
    stream_.wait();  // what was sent last is in memory that is used again
    batch_.gather(list, pool_);
    batch_.send(stream_);
    source.first = batch_.on_device();
  }
  densify(count_, network_.inputs(), table.scalars(), source, standardisation_.view(), input_.data(), stream_);
}

BlockInput TrainingPass::input_of(std::size_t block) const {
  if (block == 0) return {count_, input_.data(), network_.inputs(), {}};
  const float* const before = std::visit([](const auto& kind) { return kind.output(); }, blocks_[block - 1]);
  return {count_, before, inputs_of(network_.blocks[block]), {}};
}

const float* TrainingPass::output() const {
  return std::visit([](const auto& last) { return last.output(); }, blocks_.back());
}

void TrainingPass::forward(Precision precision, const std::optional<StepPlace>& step) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    std::visit([&](auto& block) { block.forward(input_of(i), precision, step, stream_); }, blocks_[i]);
  }
}

void TrainingPass::backward(const StepPlace& step) {
  for (std::size_t i = blocks_.size(); i-- > 0;) {
    float* const before =
        i == 0 ? nullptr : std::visit([](auto& block) { return block.delta(); }, blocks_[i - 1]);
    std::visit([&](auto& block) { block.backward(count_, step, before, stream_); }, blocks_[i]);
  }
}

void TrainingPass::update(double learning_rate) {
  const AdamStep step = adam_step(task_.settings, learning_rate, ++steps_done_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    std::visit([&](auto& block) { block.update(input_of(i), step, gradient_.data(), stream_); }, blocks_[i]);
  }
}

double TrainingPass::take_loss() {
  stream_.wait();
  std::vector<double> loss(1);
  fetch(loss_, loss);
  put(std::vector<double>{0}, loss_);
  return loss[0];
}

const Network& TrainingPass::network() {
  stream_.wait();
  std::size_t number = 0;
  for_each_tensor(network_.blocks, [&](const auto& tensor) { fetch(tensors_[number++]->values, tensor.values); });
  return network_;
}

const std::vector<AdamMoments>& TrainingPass::moments() {
  stream_.wait();
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    fetch(tensors_[i]->mean, moments_[i].mean);
    fetch(tensors_[i]->square, moments_[i].square);
  }
  return moments_;
}

void TrainingPass::put_network(const Network& network) {
  std::size_t number = 0;
  for_each_tensor(network.blocks, [&](const auto& tensor) { put(tensor.values, tensors_[number++]->values); });
}

void TrainingPass::put_moments(const std::vector<AdamMoments>& moments) {
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    put(moments[i].mean, tensors_[i]->mean);
    put(moments[i].square, tensors_[i]->square);
  }
}

void TrainingPass::replace_network(const Network& network) {
  stream_.wait();
  put_network(network);
}

void TrainingPass::restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) {
  network_ = std::move(network);
  standardisation_ = StandardisationOnDevice(network_.standardisation);
  put_network(network_);
  put_moments(moments);
  steps_done_ = steps;
}

std::vector<float> TrainingPass::logits(std::span<const std::uint32_t> rows) {
  stream_.wait();
  validation_rows_.reserve(rows.size());
  validation_logits_.reserve(rows.size());
  copy_to_device(rows.data(), rows.size(), validation_rows_.data(), stream_);
  for (std::size_t first = 0; first < rows.size(); first += most_rows_) {
    control_.check();
    read({rows.subspan(first, std::min(most_rows_, rows.size() - first)), validation_rows_.data() + first});
    forward(Precision::float32, {});
    copy_on_device(output(), count_, validation_logits_.data() + first, stream_);
  }
  stream_.wait();
  std::vector<float> logits(rows.size());
  fetch(validation_logits_, logits);
  return logits;
}

}  // namespace caloscope::cuda
