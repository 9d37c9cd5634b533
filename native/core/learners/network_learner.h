#pragma once

#include <span>
#include <vector>

#include "core/learners/fitted_member.h"
#include "core/learners/input_map.h"
#include "core/learners/learner_name.h"
#include "core/networks/network.h"
#include "core/training/training.h"

namespace caloscope {

/// Networks of one shape, trained with one choice of settings.
struct NetworkLearner {
  NetworkShape shape;  ///< `inputs` follows from the data
  TrainingSettings settings;

  static LearnerName name() { return LearnerName::network; }
  /// Throws Error(argument) that names the setting.
  void validate() const { settings.validate(); }
  static const FeatureTable& reads(const MemberTables& tables) { return tables.whitened(); }
  static bool fits(const MemberTables&) { return true; }

  /// A network for each task. With a store each has a checkpoint there after every epoch and resumes from the one that it
  /// finds.
  std::vector<FittedMember> fit(std::vector<MemberTask> tasks, const TrainingData& data, const FitContext& context) const;
};

}  // namespace caloscope
