#include "core/calibration/isotonic.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/calibration/probability.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

struct Knot {
  double x;
  double y;
  double weight;
};

std::vector<Knot> sorted_knots(std::span<const double> x, std::span<const double> y, std::span<const double> weights) {
  if (y.size() != x.size() || (!weights.empty() && weights.size() != x.size())) {
    throw Error(ErrorCode::shape, "x, y and weights of an isotonic regression must have the same length");
  }
  require_finite(x, "x");
  require_finite(y, "y");
  std::vector<Knot> knots;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    if (!(weight >= 0 && std::isfinite(weight))) {
      throw Error(ErrorCode::argument, "the weight of row " + std::to_string(i) + " must be a finite number from 0 on");
    }
    if (weight > 0) knots.push_back({x[i], y[i], weight});
  }
  if (knots.empty()) throw Error(ErrorCode::too_few_rows, "an isotonic regression needs a row with a weight above 0");
  std::sort(knots.begin(), knots.end(),
            [](const Knot& a, const Knot& b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
  return knots;
}

Knot merged(const Knot& a, const Knot& b) {
  const double weight = a.weight + b.weight;
  return {a.x, (a.y * a.weight + b.y * b.weight) / weight, weight};
}

/// Nearly equal x become one, at the first of them.
std::vector<Knot> distinct(const std::vector<Knot>& knots, double resolution) {
  std::vector<Knot> groups;
  for (const Knot& knot : knots) {
    if (!groups.empty() && knot.x - groups.back().x < resolution) groups.back() = merged(groups.back(), knot);
    else groups.push_back(knot);
  }
  return groups;
}

/// The regression at every knot.
std::vector<double> pooled(const std::vector<Knot>& knots) {
  std::vector<Knot> blocks;
  std::vector<std::size_t> lengths;
  for (const Knot& knot : knots) {
    blocks.push_back(knot);
    lengths.push_back(1);
    while (blocks.size() > 1 && blocks[blocks.size() - 2].y >= blocks.back().y) {
      const Knot last = blocks.back();
      blocks.pop_back();
      blocks.back() = merged(blocks.back(), last);
      const std::size_t length = lengths.back();
      lengths.pop_back();
      lengths.back() += length;
    }
  }
  std::vector<double> values;
  values.reserve(knots.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) values.insert(values.end(), lengths[i], blocks[i].y);
  return values;
}

}  // namespace

double IsotonicFunction::at(double value) const {
  const auto above = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), value) - x.begin());
  if (above == 0) return y.front();
  if (above == x.size()) return y.back();
  const std::size_t below = above - 1;
  return y[below] + (y[above] - y[below]) / (x[above] - x[below]) * (value - x[below]);
}

IsotonicFunction isotonic_regression(std::span<const double> x, std::span<const double> y,
                                     std::span<const double> weights, const IsotonicLimits& limits) {
  if (!(limits.lower < limits.upper)) throw Error(ErrorCode::argument, "the lower limit must lie below the upper one");
  const std::vector<Knot> knots = distinct(sorted_knots(x, y, weights), limits.resolution);
  std::vector<double> values = pooled(knots);
  for (double& value : values) value = std::clamp(value, limits.lower, limits.upper);
  IsotonicFunction function;
  for (std::size_t i = 0; i < knots.size(); ++i) {
    const bool inside = i > 0 && i + 1 < knots.size();
    if (inside && values[i] == values[i - 1] && values[i] == values[i + 1]) continue;
    function.x.push_back(knots[i].x);
    function.y.push_back(values[i]);
  }
  return function;
}

Calibrated calibrate_isotonic(const CalibrationSet& set, std::span<const double> logits) {
  std::vector<double> probabilities(set.rows());
  std::transform(set.logits.begin(), set.logits.end(), probabilities.begin(), sigmoid);
  const std::vector<double> labels(set.labels.begin(), set.labels.end());
  const IsotonicFunction function =
      isotonic_regression(probabilities, labels, set.weights, {lowest_probability, highest_probability});
  Calibrated result;
  for (const double logit : logits) result.log_odds.push_back(log_odds(function.at(sigmoid(logit))));
  return result;
}

}  // namespace caloscope
