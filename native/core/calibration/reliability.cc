#include "core/calibration/reliability.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/run/error.h"
#include "core/run/random.h"

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
  for (std::size_t row = 0; row < rows.probabilities.size(); ++row) {
    const double p = rows.probabilities[row];
    if (std::isnan(p)) throw Error(ErrorCode::non_finite, "the probability of row " + std::to_string(row) + " is not a number");
    if (p < 0 || p > 1) {
      throw Error(ErrorCode::argument, "the probability of row " + std::to_string(row) + " does not lie in [0, 1]");
    }
  }
  const auto reference = std::count(rows.labels.begin(), rows.labels.end(), 1);
  if (reference > 0 && static_cast<std::size_t>(reference) < rows.labels.size()) return;
  throw Error(ErrorCode::too_few_rows, "a reliability curve needs rows of both samples");
}

/// `sorted` interpolated linearly at position share · (n - 1).
double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(position), sorted.size() - 1);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = position - static_cast<double>(below);
  const double step = sorted[above] - sorted[below];
  return part < 0.5 ? sorted[below] + step * part : sorted[above] - step * (1 - part);
}

/// One more than bins, ascending.
std::vector<double> bin_edges(const StatedRows& rows, const ReliabilityPlan& plan) {
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

ClassWeights class_weights(std::size_t reference, std::size_t rows, bool balance) {
  if (!balance) return {};
  const auto half = static_cast<double>(rows) / 2;
  return {half / static_cast<double>(reference), half / static_cast<double>(rows - reference)};
}

double error_of(const std::vector<BinSums>& sums, const ClassWeights& weights, std::size_t rows) {
  double error = 0;
  for (const BinSums& bin : sums) {
    error += std::fabs(weights.reference * bin.reference_gap - weights.generated * bin.generated_gap);
  }
  return error / static_cast<double>(rows);
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

std::vector<ReliabilityBin> filled_bins(const StatedRows& rows, const std::vector<std::uint32_t>& bin_of_row,
                                        const std::vector<double>& edges, const ClassWeights& weights) {
  std::vector<ReliabilityBin> bins;
  for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin) bins.push_back({edges[bin], edges[bin + 1], 0, 0, 0, 0, 0, 0});
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    ReliabilityBin& bin = bins[bin_of_row[row]];
    ++(rows.labels[row] ? bin.reference : bin.generated);
    bin.mean_probability += (rows.labels[row] ? weights.reference : weights.generated) * rows.probabilities[row];
  }
  std::erase_if(bins, [](const ReliabilityBin& bin) { return bin.reference + bin.generated == 0; });
  for (ReliabilityBin& bin : bins) {
    const auto reference = static_cast<double>(bin.reference);
    const auto generated = static_cast<double>(bin.generated);
    bin.mean_probability /= weights.reference * reference + weights.generated * generated;
    bin.frequency = weighted_share(reference / (reference + generated), weights);
    const auto [low, high] = score_interval(reference, reference + generated);
    bin.frequency_low = weighted_share(low, weights);
    bin.frequency_high = weighted_share(high, weights);
  }
  return bins;
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
    return error_of(sums, class_weights(reference, chances_.size(), balance && both), chances_.size());
  }

 private:
  const StatedRows& rows_;
  const std::vector<std::uint32_t>& bin_of_row_;
  std::vector<double> chances_;
};

}  // namespace

Reliability reliability(const StatedRows& rows, const ReliabilityPlan& plan, const JobControl& control) {
  check(rows, plan);
  const std::vector<double> edges = bin_edges(rows, plan);
  const std::vector<std::uint32_t> bin_of_row = bins_of(rows, edges);
  const auto reference = static_cast<std::size_t>(std::count(rows.labels.begin(), rows.labels.end(), 1));
  const ClassWeights weights = class_weights(reference, rows.labels.size(), plan.balance);
  std::vector<BinSums> sums(plan.bins);
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    const double p = rows.probabilities[row];
    if (rows.labels[row]) sums[bin_of_row[row]].reference_gap += 1 - p;
    else sums[bin_of_row[row]].generated_gap += p;
  }
  CalibrationError error{error_of(sums, weights, rows.labels.size()), 0, 0, 0};
  const Resampling resampling(rows, bin_of_row, weights);
  double squares = 0;
  for (std::size_t i = 0; i < plan.resamples; ++i) {
    control.check();
    const double drawn = resampling.draw(RandomStream(plan.seed, i), plan.balance, sums);
    error.reached += drawn >= error.value;
    const double before = error.expected;
    error.expected += (drawn - before) / static_cast<double>(i + 1);
    squares += (drawn - before) * (drawn - error.expected);
  }
  error.deviation = plan.resamples > 1 ? std::sqrt(squares / static_cast<double>(plan.resamples - 1)) : 0;
  return {filled_bins(rows, bin_of_row, edges, weights), error};
}

}  // namespace caloscope
