#pragma once

#include <vector>

#include "core/learners/fitted_member.h"
#include "core/learners/input_map.h"
#include "core/learners/learner_name.h"
#include "core/learners/tree_boosting.h"

namespace caloscope {

/// Gradient-boosted trees on the stored columns and the narrow directions. Of few rows, trees have fewer leaves, and are boosted
/// several times with other validation rows: a hundred of them say little about where to stop. The member is the mean.
struct TreeLearner {
  BoostingSettings settings;

  static LearnerName name() { return LearnerName::trees; }
  void validate() const { settings.validate(); }
  static const FeatureTable& reads(const MemberTables& tables) { return tables.widened(); }
  static bool fits(const MemberTables& tables) { return reads(tables).scalars() > 0; }

  /// Trees for each task; rows that are held out say how many.
  std::vector<FittedMember> fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                const FitContext& context) const;
};

}  // namespace caloscope
