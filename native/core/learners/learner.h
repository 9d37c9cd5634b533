#pragma once

#include <variant>
#include <vector>

#include "core/learners/network_learner.h"

namespace caloscope {

/// What fits the members of an ensemble. Each kind has `validate`, `precision` and `fit` as NetworkLearner has.
using Learner = std::variant<NetworkLearner>;

inline void validate(const Learner& learner) {
  std::visit([](const auto& kind) { kind.validate(); }, learner);
}

inline Precision precision_of(const Learner& learner) {
  return std::visit([](const auto& kind) { return kind.precision(); }, learner);
}

/// A member for each task, in their order.
inline std::vector<FittedMember> fit(const Learner& learner, std::vector<MemberTask> tasks, const FitContext& context) {
  return std::visit([&](const auto& kind) { return kind.fit(std::move(tasks), context); }, learner);
}

}  // namespace caloscope
