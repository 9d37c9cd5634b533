#pragma once

#include "core/run/job_control.h"
#include "core/weights/row_weight.h"
#include "core/weights/weighed_rows.h"

namespace caloscope::cuda {

/// Backend::weigh on the current device. Throws Error(memory), Error(device), Error(cancelled).
WeighedRows weigh_on_device(LogitView logits, std::size_t members, const WeightRule& rule, const JobControl& control);

}  // namespace caloscope::cuda
