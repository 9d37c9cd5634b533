#include "core/learners/shrunken_sum.h"

#include <algorithm>
#include <cmath>

#include "core/weights/row_weight.h"

namespace caloscope {
namespace {

/// Weights and constant, each the mean over the sums; no covariance. One sum, that of a split, is fitted to rows that no member
/// saw: with its own sandwich.
WeightedSum mean_of(std::span<const WeightedSum> sums) {
  if (sums.size() == 1) return sums[0];
  const std::size_t size = sums[0].weights.size() + 1;
  const auto count = static_cast<double>(sums.size());
  const auto at = [&](const WeightedSum& sum, std::size_t i) { return i + 1 < size ? sum.weights[i] : sum.constant; };
  std::vector<double> mean(size);
  for (const auto& sum : sums) {
    for (std::size_t i = 0; i < size; ++i) mean[i] += at(sum, i) / count;
  }
  return {{mean.begin(), mean.end() - 1}, mean.back(), std::vector<double>(size * size)};
}

/// How much better the best sum is than the honest one, and how much that is on average by chance.
struct Gain {
  double found = 0;
  double by_chance = 0;
};

Gain gain_of(const WeightedSum& best, const WeightedSum& honest, const MemberLogits& logits, const JobControl& control) {
  Gain gain;
  double all_rows = 0;
  for (const bool reference : {true, false}) {
    const auto& sample = reference ? logits.reference : logits.generated;
    const std::size_t rows = sample.size() / logits.members;
    double sum = 0;
    for (std::size_t row = 0; row < rows; ++row) sum += logits.weight(reference, row);
    const double sign = reference ? 1 : -1;
    for (std::size_t row = 0; row < rows; ++row) {
      if (row % 1024 == 0) control.check();
      const double weight = 0.5 / sum * logits.weight(reference, row);
      const LogitsOfRow said(sample.data() + row, logits.members, rows);
      const double f = best.log_ratio(said);
      const double error = best.standard_error(said);
      gain.found += weight * (log_sigmoid(sign * f) - log_sigmoid(sign * honest.log_ratio(said)));
      gain.by_chance += weight * error * error / ((1 + std::exp(f)) * (1 + std::exp(-f)));
    }
    all_rows += static_cast<double>(rows);
  }
  return {2 * all_rows * gain.found, all_rows * gain.by_chance};
}

}  // namespace

WeightedSum between(WeightedSum sum, const WeightedSum& other, double share) {
  const auto move = [share](double& from, double to) { from += share * (to - from); };
  for (std::size_t i = 0; i < sum.weights.size(); ++i) move(sum.weights[i], other.weights[i]);
  move(sum.constant, other.constant);
  for (std::size_t i = 0; i < sum.covariance.size(); ++i) move(sum.covariance[i], other.covariance[i]);
  return sum;
}

ShrunkenSum shrunken_sum(const MemberLogits& logits, std::span<const WeightedSum> of_blocks,
                         const JobControl& control) {
  const WeightedSum best = fit_weighted_sum(logits, MemberWeights::any, control);
  if (best.separable) return {best, best, 1};
  const WeightedSum honest = mean_of(of_blocks);
  const Gain gain = gain_of(best, honest, logits, control);
  const double share = gain.found > 0 ? std::max(0.0, 1 - 2 * gain.by_chance / gain.found) : 0;
  return {between(honest, best, share), best, share};
}

}  // namespace caloscope
