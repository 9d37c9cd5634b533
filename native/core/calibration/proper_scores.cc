#include "core/calibration/proper_scores.h"

#include <cmath>
#include <numbers>

#include "core/calibration/probability.h"
#include "core/run/compensated_sum.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

double log_loss_of(double log_odds, bool reference) { return softplus(reference ? -log_odds : log_odds); }

/// Of a number over the rows of one label.
struct ClassMean {
  CompensatedSum weights;
  CompensatedSum sum;
  CompensatedSum squares;

  double mean() const { return sum.value() / weights.value(); }
};

}  // namespace

ProperScores proper_scores(const CalibrationSet& set) {
  const ClassSums sums = checked_sums(set);
  CompensatedSum brier, loss;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    const double weight = set.weight(row);
    if (weight == 0) continue;
    const bool reference = set.labels[row] != 0;
    const double missed = sigmoid(reference ? -set.logits[row] : set.logits[row]);
    brier += weight * missed * missed;
    loss += weight * log_loss_of(set.logits[row], reference);
  }
  const double log_loss = loss.value() / sums.total();
  return {brier.value() / sums.total(), log_loss, 1 - log_loss / std::numbers::ln2};
}

PairedGain log_loss_gain(const CalibrationSet& set, std::span<const double> after) {
  const ClassSums sums = checked_sums(set);
  if (after.size() != set.rows()) throw Error(ErrorCode::shape, "log odds before and after must be of the same rows");
  require_finite(after, "the log odds after");
  const auto difference = [&](std::size_t row) {
    const bool reference = set.labels[row] != 0;
    return log_loss_of(set.logits[row], reference) - log_loss_of(after[row], reference);
  };
  ClassMean means[2];
  for (std::size_t row = 0; row < set.rows(); ++row) {
    ClassMean& of_label = means[set.labels[row] != 0];
    of_label.weights += set.weight(row);
    of_label.sum += set.weight(row) * difference(row);
  }
  for (std::size_t row = 0; row < set.rows(); ++row) {
    ClassMean& of_label = means[set.labels[row] != 0];
    const double deviation = set.weight(row) * (difference(row) - of_label.mean());
    of_label.squares += deviation * deviation;
  }
  const double total = sums.total();
  return {(means[0].sum.value() + means[1].sum.value()) / total,
          std::sqrt(means[0].squares.value() + means[1].squares.value()) / total};
}

}  // namespace caloscope
