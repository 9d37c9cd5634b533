#pragma once

#include <vector>

#include "core/learners/fitted_member.h"
#include "core/learners/input_map.h"
#include "core/learners/learner_name.h"
#include "core/learners/sparse_regression.h"

namespace caloscope {

/// Regressions on few of the stored columns and narrow directions.
struct SparseLearner {
  SparseSettings settings;

  static LearnerName name() { return LearnerName::sparse; }
  void validate() const { settings.validate(); }
  static const FeatureTable& reads(const MemberTables& tables) { return tables.widened(); }
  static bool fits(const MemberTables& tables) { return reads(tables).scalars() > 0; }

  /// A regression for each task, to the rows for training and for validation.
  std::vector<FittedMember> fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                const FitContext& context) const;
};

}  // namespace caloscope
