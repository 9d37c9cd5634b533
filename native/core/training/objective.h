#pragma once

#include <span>
#include <variant>

#include "core/training/objectives/balanced_cross_entropy.h"
#include "core/training/training_data.h"

namespace caloscope {

/// What a training makes small. Each kind has, as BalancedCrossEntropy has: a constructor from the targets of the training
/// rows, `loss` and `slope` of an output and a target, on the host and on devices, and `mean` for rows that validate.
using Objective = std::variant<BalancedCrossEntropy>;

/// The objective of a training on those rows.
inline Objective objective_on(const TrainingData& data, std::span<const std::uint32_t> training_rows) {
  return BalancedCrossEntropy(targets_of(data, training_rows));
}

inline double mean_loss(const Objective& objective, std::span<const float> outputs, std::span<const Target> targets) {
  return std::visit([&](const auto& kind) { return kind.mean(outputs, targets); }, objective);
}

}  // namespace caloscope
