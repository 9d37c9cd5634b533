#pragma once

#include <span>

#include "core/calibration/calibration.h"

namespace caloscope {

/// Log odds = logit/T, T > 0 at the minimum of the cross-entropy (Guo et al., arXiv:1706.04599). What is fitted is 1/T: 0
/// where the logits say the wrong way round, 1 where all are 0. Logits whose signs separate the samples, for which the
/// minimum is at T = 0, get Platt's targets.
Calibrated calibrate_temperature(const CalibrationSet& set, const ClassSums& sums, std::span<const double> logits);

}  // namespace caloscope
