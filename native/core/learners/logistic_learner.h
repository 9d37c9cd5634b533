#pragma once

#include <vector>

#include "core/learners/fitted_member.h"
#include "core/learners/input_map.h"
#include "core/learners/learner_name.h"
#include "core/learners/logistic_regression.h"

namespace caloscope {

/// Ridge logistic regressions on the stored columns, whitened; linear, or with squares and products.
struct LogisticLearner {
  LogisticSettings settings;

  LearnerName name() const { return settings.products ? LearnerName::quadratic : LearnerName::logistic; }
  void validate() const { settings.validate(); }
  static const FeatureTable& reads(const MemberTables& tables) { return tables.whitened(); }
  bool fits(const MemberTables& tables) const;

  /// A regression for each task, whose validation rows choose the ridge.
  std::vector<FittedMember> fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                const FitContext& context) const;
};

}  // namespace caloscope
