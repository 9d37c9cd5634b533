#pragma once

#include <span>

#include "core/calibration/calibration.h"

namespace caloscope {

/// Log odds = slope · logit + offset, the maximum of the likelihood with the targets (N_ref + 1)/(N_ref + 2) and
/// 1/(N_gen + 2), N sums of weights (Platt, Advances in Large Margin Classifiers, 1999): finite also where the logits
/// separate the samples. Where all logits are equal the slope is 0.
Calibrated calibrate_platt(const CalibrationSet& set, const ClassSums& sums, std::span<const double> logits);

/// Platt's targets.
struct SmoothedTargets {
  explicit SmoothedTargets(const ClassSums& sums)
      : reference((sums.reference + 1) / (sums.reference + 2)), generated(1 / (sums.generated + 2)) {}

  double reference;
  double generated;
};

}  // namespace caloscope
