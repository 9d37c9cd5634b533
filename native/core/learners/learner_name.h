#pragma once

#include <string_view>

namespace caloscope {

/// What can be a member of an ensemble.
enum class LearnerName { network, logistic, quadratic, sparse, trees };

constexpr std::string_view name_of(LearnerName learner) {
  switch (learner) {
    case LearnerName::network: return "network";
    case LearnerName::logistic: return "logistic";
    case LearnerName::quadratic: return "quadratic";
    case LearnerName::sparse: return "sparse";
    case LearnerName::trees: return "trees";
  }
  return {};
}

}  // namespace caloscope
