#include "core/calibration/temperature.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/calibration/platt.h"
#include "core/calibration/probability.h"
#include "core/run/compensated_sum.h"

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Targets {
  double reference = 1;
  double generated = 0;
};

/// First and second derivative of the cross-entropy by 1/T.
struct Derivatives {
  double slope;
  double curvature;
};

Derivatives derivatives(const CalibrationSet& set, const Targets& targets, double inverse) {
  CompensatedSum slope, curvature;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    const double l = set.logits[row];
    const double p = sigmoid(inverse * l);
    slope += set.weight(row) * l * (p - (set.labels[row] ? targets.reference : targets.generated));
    curvature += set.weight(row) * l * l * p * (1 - p);
  }
  return {slope.value(), curvature.value()};
}

/// Whether every row with a logit other than 0 has the sign of its label.
bool signs_separate(const CalibrationSet& set) {
  for (std::size_t row = 0; row < set.rows(); ++row) {
    const double l = set.logits[row];
    if (set.weight(row) > 0 && (set.labels[row] ? l < 0 : l > 0)) return false;
  }
  return true;
}

/// The zero of the first derivative, which rises: Newton's method between bounds.
double best_inverse(const CalibrationSet& set, const Targets& targets) {
  if (derivatives(set, targets, 0).slope >= 0) return 0;
  double lower = 0, upper = infinity, inverse = 1;
  for (;;) {
    const auto [slope, curvature] = derivatives(set, targets, inverse);
    (slope < 0 ? lower : upper) = inverse;
    double next = inverse - slope / curvature;
    if (!(next > lower && next < upper)) next = std::isinf(upper) ? 2 * lower : (lower + upper) / 2;
    if (std::fabs(next - inverse) <= 1e-15 * inverse || next == lower || next == upper) return next;
    inverse = next;
  }
}

double inverse_temperature(const CalibrationSet& set, const ClassSums& sums) {
  if (std::all_of(set.logits.begin(), set.logits.end(), [](double l) { return l == 0; })) return 1;
  if (!signs_separate(set)) return best_inverse(set, {});
  const SmoothedTargets smoothed(sums);
  return best_inverse(set, {smoothed.reference, smoothed.generated});
}

}  // namespace

Calibrated calibrate_temperature(const CalibrationSet& set, const ClassSums& sums, std::span<const double> logits) {
  const double inverse = inverse_temperature(set, sums);
  Calibrated result;
  for (const double logit : logits) result.log_odds.push_back(inverse * logit);
  result.parameters = {{"inverseTemperature", inverse}};
  return result;
}

}  // namespace caloscope
