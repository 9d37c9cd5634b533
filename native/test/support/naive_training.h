#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "core/run/random.h"
#include "core/training/training.h"
#include "core/training/training_data.h"
#include "test/support/naive_network.h"

namespace caloscope::naive {

/// One network trained in double precision with plain loops, on the batches and dropout masks that the definitions in
/// core/training/training.h give. The standardisation is taken as given.
class Training {
 public:
  Training(const TrainingTask& task, const LabelledRows& rows, Standardisation standardisation)
      : task_(task),
        rows_(rows),
        standardisation_(std::move(standardisation)),
        network_(initial_network(task.shape, task.seed, stream_number(TrainingStream::parameters, task.number))),
        parameters_(parameters_of(network_)),
        first_(zeros()),
        second_(zeros()) {
    double sum[2] = {0, 0};
    for (const auto row : task.training_rows) sum[rows.is_reference(row)] += rows.weight(row);
    const auto all = static_cast<double>(task.training_rows.size());
    reference_weight_ = 0.5 * all / sum[1];
    generated_weight_ = 0.5 * all / sum[0];
  }

  Parameters& parameters() { return parameters_; }
  double last_rate() const { return last_rate_; }
  /// After an epoch without progress the schedule `plateau` goes back to the best parameters; the moments stay.
  void go_back(Parameters best) {
    parameters_ = std::move(best);
    plateau_ *= 0.3;
  }
  std::size_t steps_in_epoch() const {
    return (task_.training_rows.size() + task_.settings.batch_size - 1) / task_.settings.batch_size;
  }

  /// The training loss of the epoch.
  double run_epoch(std::uint32_t epoch) {
    auto order = task_.training_rows;
    RandomStream random(task_.seed, stream_number(TrainingStream::shuffle, task_.number, epoch));
    for (std::size_t i = order.size() - 1; i > 0; --i) {
      std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
    }
    double loss = 0;
    for (std::size_t first = 0; first < order.size(); first += task_.settings.batch_size) {
      const std::size_t end = std::min<std::size_t>(order.size(), first + task_.settings.batch_size);
      const std::vector<std::uint32_t> batch(order.begin() + static_cast<std::ptrdiff_t>(first),
                                             order.begin() + static_cast<std::ptrdiff_t>(end));
      loss += batch_loss(batch, epoch, first) * static_cast<double>(batch.size());
      update(gradients(batch, epoch, first), epoch);
    }
    return loss / static_cast<double>(order.size());
  }

  /// Mean weighted cross-entropy of a batch whose first row has the place `first` in the epoch.
  double batch_loss(const std::vector<std::uint32_t>& batch, std::uint32_t epoch, std::size_t first) const {
    double sum = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const double z = forward(batch[i], epoch, first + i).back()[0];
      sum += rows_.weight(batch[i]) * (rows_.is_reference(batch[i]) ? reference_weight_ * std::log(1 + std::exp(-z))
                                                                    : generated_weight_ * std::log(1 + std::exp(z)));
    }
    return sum / static_cast<double>(batch.size());
  }

  Parameters gradients(const std::vector<std::uint32_t>& batch, std::uint32_t epoch, std::size_t first) const {
    auto gradient = zeros();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto values = forward(batch[i], epoch, first + i);
      const bool reference = rows_.is_reference(batch[i]);
      const double probability = 1 / (1 + std::exp(-values.back()[0]));
      Numbers delta{rows_.weight(batch[i]) *
                    (reference ? reference_weight_ * (probability - 1) : generated_weight_ * probability) /
                    static_cast<double>(batch.size())};
      for (std::size_t b = parameters_.size(); b-- > 0;) {
        const auto mask = mask_of(b, epoch, first + i);
        delta = std::visit(
            [&](const auto& block) {
              return definition::backward(block, parameters_[b], values[b], mask, factor(), delta, gradient[b]);
            },
            network_.blocks[b]);
      }
    }
    return gradient;
  }

  /// Balanced cross-entropy of the validation rows, without dropout.
  double validation_loss() const {
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (const auto row : task_.validation_rows) {
      const bool reference = rows_.is_reference(row);
      const double z = forward(row, 0, 0, false).back()[0];
      sum[reference] += rows_.weight(row) * std::log(1 + std::exp(reference ? -z : z));
      count[reference] += rows_.weight(row);
    }
    return 0.5 * (sum[0] / count[0] + sum[1] / count[1]);
  }

 private:
  /// The input of each block, and the output of the last. Validation is float32 and drops nothing.
  std::vector<Numbers> forward(std::uint32_t row, std::uint32_t epoch, std::size_t place, bool training = true) const {
    std::vector<Numbers> values{input_of(rows_.table_of(row), rows_.row_in_table(row), standardisation_)};
    for (std::size_t b = 0; b < parameters_.size(); ++b) {
      const definition::Mask mask = training ? mask_of(b, epoch, place) : [](std::size_t) { return 1.0; };
      values.push_back(std::visit(
          [&](const auto& block) {
            return definition::forward(block, parameters_[b], values[b], mask, training ? factor() : as_it_is);
          },
          network_.blocks[b]));
    }
    return values;
  }

  /// As the precision of the training rounds it.
  definition::Rounding factor() const {
    return task_.settings.precision == Precision::bfloat16 ? rounded : as_it_is;
  }

  /// The number of a hidden value is a function of block, place in the epoch and column: four columns share a block of
  /// numbers.
  definition::Mask mask_of(std::size_t number, std::uint32_t epoch, std::size_t place) const {
    const double kept = 1 - task_.settings.dropout;
    const std::uint64_t blocks = (outputs_of(network_.blocks[number]) + 3) / 4;
    const Philox philox(task_.seed, stream_number(TrainingStream::dropout, task_.number, epoch));
    return [=](std::size_t column) {
      if (kept == 1) return 1.0;
      const auto block = philox.block((std::uint64_t{number} << 56) | (place * blocks + column / 4));
      return block[column % 4] * 0x1p-32 < kept ? 1 / kept : 0;
    };
  }

  double learning_rate(std::uint32_t epoch) const {
    const auto& settings = task_.settings;
    const auto warm_up = static_cast<double>(steps_in_epoch());
    if (epoch == 0) return settings.learning_rate * step_ / warm_up;
    if (settings.schedule == Schedule::constant) return settings.learning_rate;
    if (settings.schedule == Schedule::plateau) return settings.learning_rate * plateau_;
    const double progress = (step_ - 1 - warm_up) / (warm_up * settings.epochs - warm_up);
    return settings.learning_rate * (0.01 + 0.99 * 0.5 * (1 + std::cos(std::numbers::pi * progress)));
  }

  /// AdamW as in arXiv:1711.05101, algorithm 2, with weights decayed by rate · λ.
  void update(const Parameters& gradient, std::uint32_t epoch) {
    const auto& s = task_.settings;
    step_ += 1;
    last_rate_ = learning_rate(epoch);
    const auto move = [&](double& p, double g, double& m, double& v, double decay) {
      m = s.beta1 * m + (1 - s.beta1) * g;
      v = s.beta2 * v + (1 - s.beta2) * g * g;
      const double m_hat = m / (1 - std::pow(s.beta1, step_));
      const double v_hat = v / (1 - std::pow(s.beta2, step_));
      p -= last_rate_ * (m_hat / (std::sqrt(v_hat) + s.epsilon) + decay * p);
    };
    for (std::size_t b = 0; b < parameters_.size(); ++b) {
      std::size_t t = 0;
      const auto each_tensor = [&](const auto& tensor) {
        for (std::size_t i = 0; i < tensor.values.size(); ++i) {
          move(parameters_[b][t][i], gradient[b][t][i], first_[b][t][i], second_[b][t][i],
               tensor.decays ? s.weight_decay : 0);
        }
        ++t;
      };
      std::visit([&](const auto& block) { block.for_each_tensor(each_tensor); }, network_.blocks[b]);
    }
  }

  Parameters zeros() const {
    auto result = parameters_;
    for (auto& tensors : result) {
      for (auto& numbers : tensors) std::fill(numbers.begin(), numbers.end(), 0.0);
    }
    return result;
  }

  const TrainingTask& task_;
  const LabelledRows& rows_;
  Standardisation standardisation_;
  Network network_;  ///< its shape
  Parameters parameters_;
  Parameters first_, second_;  ///< moments
  double reference_weight_ = 1, generated_weight_ = 1;
  double step_ = 0;
  double last_rate_ = 0;
  double plateau_ = 1;
};

}  // namespace caloscope::naive
