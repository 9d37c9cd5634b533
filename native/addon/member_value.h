#pragma once

#include <napi.h>

#include "core/learners/learner_name.h"
#include "core/learners/member.h"

namespace caloscope::addon {

/// { learner, columns, activation, slope, tensors }; `activation` and `slope` are null but for networks of several layers.
Napi::Object member_value(Napi::Env env, const Member& member, LearnerName learner);

}  // namespace caloscope::addon
