#pragma once

#include <cstdint>
#include <variant>

#include "core/learners/boosted_trees.h"
#include "core/learners/logistic_regression.h"
#include "core/networks/network.h"

namespace caloscope {

/// A classifier of an ensemble: what it says of a row is a logit, ln(p_ref/p_gen). Each kind has `inputs`, `parameters`,
/// `validate` and `for_each_tensor`; a backend scores networks, the others are cheap and scored by the core.
using Member = std::variant<Network, LogisticRegression, BoostedTrees>;

inline std::uint32_t inputs_of(const Member& member) {
  return std::visit([](const auto& kind) { return kind.inputs(); }, member);
}

inline std::uint64_t parameters_of(const Member& member) {
  return std::visit([](const auto& kind) { return kind.parameters(); }, member);
}

/// Throws Error(classifier) or Error(non_finite) for an unsound member.
inline void validate(const Member& member) {
  std::visit([](const auto& kind) { kind.validate(); }, member);
}

}  // namespace caloscope
