#pragma once

#include <limits>
#include <span>
#include <vector>

#include "core/calibration/calibration.h"

namespace caloscope {

struct IsotonicLimits {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  /// x closer than this to the first of a group belong to it; 1e-15 is what is published for double, 1e-6 for float.
  double resolution = 1e-15;
};

/// A function that does not fall: linear between thresholds, constant outside.
struct IsotonicFunction {
  std::vector<double> x;
  std::vector<double> y;

  double at(double value) const;
};

/// Rows of weight 0 are dropped; `weights` may be empty. The y of nearly equal x are averaged; adjacent violators are pooled
/// (Ayer et al., Ann. Math. Stat. 26 (1955) 641), values are moved into the limits, and of each constant stretch the ends
/// are kept. Throws Error(shape), Error(non_finite), Error(argument) for weights and limits, Error(too_few_rows).
IsotonicFunction isotonic_regression(std::span<const double> x, std::span<const double> y,
                                     std::span<const double> weights, const IsotonicLimits& limits);

/// Isotonic regression of the label on the probability sigmoid(logit), within [1e-6, 1 - 1e-6], as published (CaloChallenge,
/// evaluate.py; Zadrozny and Elkan, KDD 2002).
Calibrated calibrate_isotonic(const CalibrationSet& set, std::span<const double> logits);

}  // namespace caloscope
