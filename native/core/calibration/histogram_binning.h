#pragma once

#include <span>

#include "core/calibration/calibration.h"

namespace caloscope {

/// The share of reference rows in bins of the logit that hold about equal sums of weights (Zadrozny and Elkan, ICML 2001),
/// within [1e-6, 1 - 1e-6]: 15 bins, fewer where there are fewer different logits. Equal logits share a bin; a bin reaches
/// from its smallest logit to that of the next.
Calibrated calibrate_histogram(const CalibrationSet& set, std::span<const double> logits);

}  // namespace caloscope
