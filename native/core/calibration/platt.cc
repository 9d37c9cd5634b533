#include "core/calibration/platt.h"

#include <cmath>

#include "core/calibration/probability.h"
#include "core/run/compensated_sum.h"

namespace caloscope {
namespace {

constexpr int most_steps = 100;
constexpr int most_halvings = 60;
/// Of the largest step, in units of the parameters of standardized logits.
constexpr double small_step = 1e-13;

/// z ↦ slope · z + offset.
struct Line {
  double slope;
  double offset;
};

/// The weighted cross-entropy of lines through standardized logits.
class Objective {
 public:
  Objective(const CalibrationSet& set, const ClassSums& sums) : set_(set), targets_(sums), total_(sums.total()) {
    CompensatedSum sum, squares;
    for (std::size_t row = 0; row < set.rows(); ++row) sum += set.weight(row) * set.logits[row];
    mean_ = sum.value() / total_;
    for (std::size_t row = 0; row < set.rows(); ++row) {
      squares += set.weight(row) * (set.logits[row] - mean_) * (set.logits[row] - mean_);
    }
    deviation_ = std::sqrt(squares.value() / total_);
  }

  bool constant() const { return !(deviation_ > 0); }
  double rate() const { return ratio_of(targets_); }
  Line unstandardized(const Line& line) const {
    return {line.slope / deviation_, line.offset - line.slope * mean_ / deviation_};
  }

  double loss(const Line& line) const {
    CompensatedSum sum;
    for (std::size_t row = 0; row < set_.rows(); ++row) {
      const double z = line.slope * place(row) + line.offset;
      sum += set_.weight(row) * (softplus(z) - target(row) * z);
    }
    return sum.value() / total_;
  }

  /// Newton's step.
  Line step(const Line& line) const {
    CompensatedSum g0, g1, h00, h01, h11;
    for (std::size_t row = 0; row < set_.rows(); ++row) {
      const double x = place(row);
      const double p = sigmoid(line.slope * x + line.offset);
      const double gradient = set_.weight(row) * (p - target(row));
      const double curvature = set_.weight(row) * p * (1 - p);
      g0 += gradient * x;
      g1 += gradient;
      h00 += curvature * x * x;
      h01 += curvature * x;
      h11 += curvature;
    }
    // A ridge of rounding size, where the curvature has gone.
    const double ridge = 1e-15 * total_;
    const double a = h00.value() + ridge, b = h01.value(), d = h11.value() + ridge;
    const double determinant = a * d - b * b;
    return {-(d * g0.value() - b * g1.value()) / determinant, -(a * g1.value() - b * g0.value()) / determinant};
  }

 private:
  double place(std::size_t row) const { return (set_.logits[row] - mean_) / deviation_; }
  double target(std::size_t row) const { return set_.labels[row] ? targets_.reference : targets_.generated; }

  double ratio_of(const SmoothedTargets& targets) const {
    CompensatedSum sum;
    for (std::size_t row = 0; row < set_.rows(); ++row) {
      sum += set_.weight(row) * (set_.labels[row] ? targets.reference : targets.generated);
    }
    return sum.value() / total_;
  }

  const CalibrationSet& set_;
  SmoothedTargets targets_;
  double total_;
  double mean_ = 0;
  double deviation_ = 0;
};

Line best_line(const Objective& objective) {
  if (objective.constant()) return {0, log_odds(objective.rate())};
  Line line{0, log_odds(objective.rate())};
  double loss = objective.loss(line);
  for (int i = 0; i < most_steps; ++i) {
    Line step = objective.step(line);
    bool lower = false;
    for (int halving = 0; halving < most_halvings && !lower; ++halving) {
      const Line next{line.slope + step.slope, line.offset + step.offset};
      const double there = objective.loss(next);
      lower = there <= loss;
      if (lower) {
        line = next;
        loss = there;
      } else {
        step = {step.slope / 2, step.offset / 2};
      }
    }
    const double size = std::fmax(std::fabs(line.slope), std::fabs(line.offset)) + 1;
    if (!lower || std::fmax(std::fabs(step.slope), std::fabs(step.offset)) < small_step * size) break;
  }
  return objective.unstandardized(line);
}

}  // namespace

Calibrated calibrate_platt(const CalibrationSet& set, const ClassSums& sums, std::span<const double> logits) {
  const Line line = best_line(Objective(set, sums));
  Calibrated result;
  for (const double logit : logits) result.log_odds.push_back(line.slope * logit + line.offset);
  result.parameters = {{"slope", line.slope}, {"offset", line.offset}};
  return result;
}

}  // namespace caloscope
