#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "core/learners/logistic_learner.h"
#include "core/learners/network_learner.h"
#include "core/learners/prepared_samples.h"
#include "core/learners/sparse_learner.h"
#include "core/learners/tree_learner.h"

namespace caloscope {

/// What fits the members of an ensemble. Each kind has `name`, `validate`, `reads`, `fits` and `fit` as NetworkLearner has.
using Learner = std::variant<NetworkLearner, LogisticLearner, SparseLearner, TreeLearner>;

inline LearnerName name_of(const Learner& learner) {
  return std::visit([](const auto& kind) { return kind.name(); }, learner);
}

inline void validate(const Learner& learner) {
  std::visit([](const auto& kind) { kind.validate(); }, learner);
}

/// Whether there is something for the learner to read, and not too much.
inline bool fits(const Learner& learner, const MemberTables& tables) {
  return std::visit([&](const auto& kind) { return kind.fits(tables); }, learner);
}

/// A member for each task, in their order. `labels` are in place of those of the samples.
inline std::vector<FittedMember> fit(const Learner& learner, std::vector<MemberTask> tasks, const PreparedSamples& samples,
                                     std::span<const std::uint8_t> labels, const FitContext& context) {
  return std::visit(
      [&](const auto& kind) {
        const TrainingData data = LabelledRows{kind.reads(samples.reference()), kind.reads(samples.generated()), labels,
                                               samples.weights()};
        return kind.fit(std::move(tasks), data, context);
      },
      learner);
}

}  // namespace caloscope
