#include "core/calibration/reliability.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/run/error.h"
#include "core/run/random.h"
#include "core/statistics/quantiles.h"

namespace caloscope {
namespace {

/// Weight of a row by its label.
struct ClassWeights {
  double reference = 1;
  double generated = 1;
};

/// What a bin contributes: sums over rows.
struct BinSums {
  double reference_gap = 0;  ///< of 1 - p over reference rows
  double generated_gap = 0;  ///< of p over generated rows
};

void check(const StatedRows& rows, const ReliabilityPlan& plan) {
  if (rows.labels.size() != rows.probabilities.size()) throw Error(ErrorCode::shape, "every probability needs a label");
  if (plan.bins == 0) throw Error(ErrorCode::argument, "a reliability curve needs at least one bin");
  if (plan.bins > ReliabilityPlan::most_bins) {
    throw Error(ErrorCode::argument, "a reliability curve has at most " + std::to_string(ReliabilityPlan::most_bins) + " bins");
  }
  for (std::size_t row = 0; row < rows.probabilities.size(); ++row) {
    const double p = rows.probabilities[row];
    if (std::isnan(p)) throw Error(ErrorCode::non_finite, "the probability of row " + std::to_string(row) + " is not a number");
    if (p < 0 || p > 1) {
      throw Error(ErrorCode::argument, "the probability of row " + std::to_string(row) + " does not lie in [0, 1]");
    }
  }
  if (!rows.weights.empty() && rows.weights.size() != rows.labels.size()) {
    throw Error(ErrorCode::shape, "every probability needs a weight, or none has one");
  }
  double sums[2] = {0, 0};
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    if (!(rows.weight(row) >= 0 && std::isfinite(rows.weight(row)))) {
      throw Error(ErrorCode::argument, "the weight of row " + std::to_string(row) + " must be a finite number from 0 on");
    }
    sums[rows.labels[row] != 0] += rows.weight(row);
  }
  if (sums[0] > 0 && sums[1] > 0) return;
  throw Error(ErrorCode::too_few_rows, "a reliability curve needs rows of both samples");
}

std::vector<double> weighted_bin_edges(const StatedRows& rows, std::size_t bins) {
  std::vector<std::pair<double, double>> weighted;
  for (std::size_t row = 0; row < rows.labels.size(); ++row) weighted.emplace_back(rows.probabilities[row], rows.weight(row));
  WeightedQuantiles quantiles(std::move(weighted));
  std::vector<double> edges;
  for (std::size_t edge = 0; edge <= bins; ++edge) {
    edges.push_back(quantiles.next(static_cast<double>(edge) / static_cast<double>(bins)));
  }
  return edges;
}

/// Only ratios of weights within a sample matter: their mean becomes 1 in each.
StatedRows with_usual_weights(StatedRows rows) {
  if (rows.weights.empty()) return rows;
  double sums[2] = {0, 0};
  double counts[2] = {0, 0};
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    sums[rows.labels[row] != 0] += rows.weights[row];
    ++counts[rows.labels[row] != 0];
  }
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    rows.weights[row] *= counts[rows.labels[row] != 0] / sums[rows.labels[row] != 0];
  }
  return rows;
}

/// One more than bins, ascending.
std::vector<double> bin_edges(const StatedRows& rows, const ReliabilityPlan& plan) {
  if (plan.spacing == BinSpacing::quantile && !rows.weights.empty()) return weighted_bin_edges(rows, plan.bins);
  std::vector<double> sorted;
  if (plan.spacing == BinSpacing::quantile) {
    sorted = rows.probabilities;
    std::sort(sorted.begin(), sorted.end());
  }
  std::vector<double> edges;
  const double width = 1 / static_cast<double>(plan.bins);
  for (std::size_t edge = 0; edge < plan.bins; ++edge) {
    const double share = static_cast<double>(edge) * width;
    // By way of per cent, as NumPy rounds: a row may lie on the edge.
    edges.push_back(sorted.empty() ? share : quantile(sorted, share * 100 / 100));
  }
  edges.push_back(sorted.empty() ? 1 : sorted.back());
  return edges;
}

/// Of every row: edges belong to the bin below them.
std::vector<std::uint32_t> bins_of(const StatedRows& rows, const std::vector<double>& edges) {
  std::vector<std::uint32_t> bins;
  bins.reserve(rows.probabilities.size());
  for (const double p : rows.probabilities) {
    bins.push_back(static_cast<std::uint32_t>(std::lower_bound(edges.begin() + 1, edges.end() - 1, p) - edges.begin() - 1));
  }
  return bins;
}

/// `reference` of `all`: numbers of rows, or sums of their weights.
ClassWeights class_weights(double reference, double all, bool balance) {
  if (!balance) return {};
  return {all / 2 / reference, all / 2 / (all - reference)};
}

double error_of(const std::vector<BinSums>& sums, const ClassWeights& weights, double all) {
  double error = 0;
  for (const BinSums& bin : sums) {
    error += std::fabs(weights.reference * bin.reference_gap - weights.generated * bin.generated_gap);
  }
  return error / all;
}

/// Wilson's interval of one standard deviation for k of n.
std::pair<double, double> score_interval(double k, double n) {
  const double center = (k + 0.5) / (n + 1);
  const double half = std::sqrt(k * (n - k) / n + 0.25) / (n + 1);
  return {std::fmax(0, center - half), std::fmin(1, center + half)};
}

/// A share of rows as a share of weights.
double weighted_share(double share, const ClassWeights& weights) {
  const double reference = weights.reference * share;
  return reference / (reference + weights.generated * (1 - share));
}

/// Sums of the weights of the rows of a bin.
struct BinWeights {
  double reference = 0;
  double generated = 0;
  double squares = 0;
};

std::vector<ReliabilityBin> filled_bins(const StatedRows& rows, const std::vector<std::uint32_t>& bin_of_row,
                                        const std::vector<double>& edges, const ClassWeights& weights) {
  std::vector<ReliabilityBin> bins;
  std::vector<BinWeights> sums(edges.size() - 1);
  for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin) bins.push_back({edges[bin], edges[bin + 1], 0, 0, 0, 0, 0, 0});
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    const double weight = rows.weight(row);
    if (weight == 0) continue;
    ReliabilityBin& bin = bins[bin_of_row[row]];
    BinWeights& sum = sums[bin_of_row[row]];
    ++(rows.labels[row] ? bin.reference : bin.generated);
    (rows.labels[row] ? sum.reference : sum.generated) += weight;
    sum.squares += weight * weight;
    bin.mean_probability += (rows.labels[row] ? weights.reference : weights.generated) * weight * rows.probabilities[row];
  }
  std::vector<ReliabilityBin> filled;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    ReliabilityBin bin = bins[i];
    const auto& [reference, generated, squares] = sums[i];
    if (!(squares > 0)) continue;
    const double all = reference + generated;
    const double rows_worth = all * all / squares;
    bin.mean_probability /= weights.reference * reference + weights.generated * generated;
    bin.frequency = weighted_share(reference / all, weights);
    const auto [low, high] = score_interval(reference / all * rows_worth, rows_worth);
    bin.frequency_low = weighted_share(low, weights);
    bin.frequency_high = weighted_share(high, weights);
    filled.push_back(bin);
  }
  return filled;
}

/// Labels drawn from the stated probabilities, and what follows from them.
class Resampling {
 public:
  Resampling(const StatedRows& rows, const std::vector<std::uint32_t>& bin_of_row, const ClassWeights& weights)
      : rows_(rows), bin_of_row_(bin_of_row) {
    // Among the rows, not the weights.
    for (const double p : rows.probabilities) {
      const double reference = p / weights.reference;
      chances_.push_back(reference / (reference + (1 - p) / weights.generated));
    }
  }

  /// The error of one draw; `sums` is room for the bins.
  double draw(RandomStream random, bool balance, std::vector<BinSums>& sums) const {
    std::fill(sums.begin(), sums.end(), BinSums{});
    std::size_t reference = 0;
    for (std::size_t row = 0; row < chances_.size(); ++row) {
      const bool label = random.uniform() < chances_[row];
      const double p = rows_.probabilities[row];
      BinSums& bin = sums[bin_of_row_[row]];
      if (label) bin.reference_gap += 1 - p;
      else bin.generated_gap += p;
      reference += label;
    }
    const bool both = reference > 0 && reference < chances_.size();
    const auto all = static_cast<double>(chances_.size());
    return error_of(sums, class_weights(static_cast<double>(reference), all, balance && both), all);
  }

 private:
  const StatedRows& rows_;
  const std::vector<std::uint32_t>& bin_of_row_;
  std::vector<double> chances_;
};

/// Differences in the bins as their errors scatter them around 0.
class ErrorDraws {
 public:
  ErrorDraws(const StatedRows& rows, const std::vector<std::uint32_t>& bin_of_row, const ClassWeights& weights,
             std::size_t bins)
      : deviations_(bins) {
    for (std::size_t row = 0; row < rows.labels.size(); ++row) {
      const double p = rows.probabilities[row];
      const double gap = rows.labels[row] ? weights.reference * (1 - p) : weights.generated * p;
      deviations_[bin_of_row[row]] += std::pow(rows.weight(row) * gap, 2);
    }
    for (double& deviation : deviations_) deviation = std::sqrt(deviation);
  }

  /// The error of one draw, where the weights add to `all`.
  double draw(RandomStream random, double all) const {
    double error = 0;
    for (const double deviation : deviations_) error += std::fabs(deviation * random.normal());
    return error / all;
  }

 private:
  std::vector<double> deviations_;
};

}  // namespace

Reliability reliability(const StatedRows& given, const ReliabilityPlan& plan, const JobControl& control) {
  check(given, plan);
  const StatedRows rows = with_usual_weights(given);
  const std::vector<double> edges = bin_edges(rows, plan);
  const std::vector<std::uint32_t> bin_of_row = bins_of(rows, edges);
  double reference = 0;
  double all = 0;
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    reference += rows.labels[row] ? rows.weight(row) : 0;
    all += rows.weight(row);
  }
  const ClassWeights weights = class_weights(reference, all, plan.balance);
  std::vector<BinSums> sums(plan.bins);
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    const double p = rows.probabilities[row];
    if (rows.labels[row]) sums[bin_of_row[row]].reference_gap += rows.weight(row) * (1 - p);
    else sums[bin_of_row[row]].generated_gap += rows.weight(row) * p;
  }
  CalibrationError error{error_of(sums, weights, all), 0, 0, 0};
  const Resampling resampling(rows, bin_of_row, weights);
  const ErrorDraws draws(rows, bin_of_row, weights, plan.bins);
  double squares = 0;
  for (std::size_t i = 0; i < plan.resamples; ++i) {
    control.check();
    const RandomStream random(plan.seed, i);
    const double drawn = rows.weights.empty() ? resampling.draw(random, plan.balance, sums) : draws.draw(random, all);
    error.reached += drawn >= error.value;
    const double before = error.expected;
    error.expected += (drawn - before) / static_cast<double>(i + 1);
    squares += (drawn - before) * (drawn - error.expected);
  }
  error.deviation = plan.resamples > 1 ? std::sqrt(squares / static_cast<double>(plan.resamples - 1)) : 0;
  return {filled_bins(rows, bin_of_row, edges, weights), error};
}

}  // namespace caloscope
