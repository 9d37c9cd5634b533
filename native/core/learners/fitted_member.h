#pragma once

#include <memory>
#include <optional>

#include "core/learners/member.h"
#include "core/run/job_control.h"
#include "core/training/checkpoint_store.h"
#include "core/training/training.h"
#include "core/training/training_data.h"
#include "core/training/training_identity.h"

namespace caloscope {

class Backend;

struct FittedMember {
  std::shared_ptr<const Member> member;
  std::optional<TrainingRecord> record;  ///< of learners that go through epochs
};

/// What a learner fits with, beside the rows.
struct FitContext {
  Backend& backend;
  JobControl& control;
  CheckpointStore* store;     ///< null: no checkpoints
  TrainingIdentity identity;  ///< what the rows of the tasks follow from
};

}  // namespace caloscope
