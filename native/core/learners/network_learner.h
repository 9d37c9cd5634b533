#pragma once

#include <span>
#include <vector>

#include "core/learners/fitted_member.h"
#include "core/networks/network.h"
#include "core/training/training.h"

namespace caloscope {

/// Networks of one shape, trained with one choice of settings.
struct NetworkLearner {
  NetworkShape shape;  ///< `inputs` follows from the data
  TrainingSettings settings;

  /// Throws Error(argument) that names the setting.
  void validate() const { settings.validate(); }

  /// Of the products when members score rows that were held out.
  Precision precision() const { return settings.precision; }

  /// A network for each task. With a store each has a checkpoint there after every epoch and resumes from the one that it
  /// finds.
  std::vector<FittedMember> fit(std::vector<MemberTask> tasks, const FitContext& context) const;
};

}  // namespace caloscope
