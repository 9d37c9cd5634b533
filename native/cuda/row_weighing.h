#pragma once

#include "core/job_control.h"
#include "core/row_weight.h"
#include "core/weighed_rows.h"

namespace caloscope::cuda {

/// Backend::weigh on the current device. Throws Error(memory), Error(device), Error(cancelled).
WeighedRows weigh_on_device(LogitView logits, std::size_t members, const WeightRule& rule, const JobControl& control);

}  // namespace caloscope::cuda
