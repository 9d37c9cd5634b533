#pragma once

#include <vector>

#include "core/learners/fitted_member.h"
#include "core/learners/input_map.h"
#include "core/learners/learner_name.h"
#include "core/learners/tree_boosting.h"

namespace caloscope {

/// Gradient-boosted trees on the stored columns and the narrow directions; of few rows, trees have fewer leaves.
struct TreeLearner {
  BoostingSettings settings;

  static LearnerName name() { return LearnerName::trees; }
  void validate() const { settings.validate(); }
  static const FeatureTable& reads(const MemberTables& tables) { return tables.widened(); }
  static bool fits(const MemberTables& tables) { return reads(tables).scalars() > 0; }

  /// Trees for each task, whose validation rows say how many.
  std::vector<FittedMember> fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                const FitContext& context) const;
};

}  // namespace caloscope
