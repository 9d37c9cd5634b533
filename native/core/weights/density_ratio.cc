#include "core/weights/density_ratio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/run/compensated_sum.h"
#include "core/run/error.h"
#include "core/statistics/pareto_tail.h"
#include "core/statistics/quantiles.h"
#include "core/statistics/radix_sort.h"
#include "core/statistics/score_key.h"

namespace caloscope {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
/// Rows between two questions to the job.
constexpr std::size_t block_rows = 4096;
constexpr std::size_t extreme_rows = 10;
constexpr std::array quantile_probabilities{0.0001, 0.001, 0.01, 0.05, 0.16, 0.25, 0.5,
                                            0.75,   0.84,  0.95, 0.99, 0.999, 0.9999};

std::vector<double> sorted_finite(std::span<const double> values, const JobControl& control) {
  std::vector<double> finite;
  finite.reserve(values.size());
  for (const double v : values) {
    if (std::isfinite(v)) finite.push_back(v);
  }
  radix_sort(finite, [](double value) { return ~score_key(value); }, control);
  return finite;
}

/// The rows that come first by `before`, a strict order of finite log-weights; `last` is the last of their values.
template <class Before>
std::vector<ExtremeShower> extremes(std::span<const double> log_weights, std::size_t count, double last,
                                    Before before) {
  std::vector<ExtremeShower> beyond;
  std::vector<ExtremeShower> equal;
  for (std::size_t row = 0; row < log_weights.size(); ++row) {
    const double l = log_weights[row];
    if (!std::isfinite(l) || before(last, l)) continue;
    if (before(l, last)) beyond.push_back({row, l});
    else if (equal.size() < count) equal.push_back({row, l});
  }
  std::stable_sort(beyond.begin(), beyond.end(), [before](const ExtremeShower& a, const ExtremeShower& b) {
    return before(a.log_weight, b.log_weight);
  });
  beyond.insert(beyond.end(), equal.begin(), equal.end());
  beyond.resize(count);
  return beyond;
}

/// Mean, its error and effective sample size of exp(sign·l), over the finite l.
void add_moments(WeightHealth& health, const std::vector<double>& sorted, double sign, const JobControl& control) {
  const double largest = sign > 0 ? sorted.back() : -sorted.front();
  CompensatedSum sum;
  CompensatedSum squares;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i % block_rows == 0) control.check();
    const double w = std::exp(sign * sorted[i] - largest);
    sum += w;
    squares += w * w;
  }
  const auto n = static_cast<double>(sorted.size());
  const double scaled_mean = sum.value() / n;
  const double variance = std::max(0.0, squares.value() - sum.value() * scaled_mean) / (n - 1);
  const double log_scaled_error = std::log(variance / n) / 2;
  health.mean = std::exp(largest + std::log(scaled_mean));
  health.mean_error = n > 1 ? std::exp(largest + log_scaled_error) : nan;
  health.effective_sample_size = sum.value() * sum.value() / squares.value();
}

double tail_index(std::vector<double> finite_logs, double sign) {
  for (double& l : finite_logs) l *= sign;
  return pareto_tail(finite_logs).index;
}

/// What weights of the rows change, over the rows with finite ln w.
void add_weighted(WeightHealth& health, std::span<const double> log_weights, std::span<const double> row_weights,
                  double sign, const JobControl& control) {
  if (row_weights.size() != log_weights.size()) throw Error(ErrorCode::shape, "there is not one weight a row");
  CompensatedSum rows, below, above, product, squares;
  std::vector<double> sizes;
  double largest = -infinity;
  for (const double l : log_weights) largest = std::isfinite(l) ? std::max(largest, sign * l) : largest;
  for (std::size_t row = 0; row < log_weights.size(); ++row) {
    if (row % block_rows == 0) control.check();
    const double l = log_weights[row];
    const double v = row_weights[row];
    if (!std::isfinite(v)) {
      throw Error(ErrorCode::non_finite, "the weight of row " + std::to_string(row) + " is not a finite number");
    }
    if (!std::isfinite(l)) continue;
    const double vw = v * std::exp(sign * l - largest);
    rows += v;
    below += l < 0 ? v : 0;
    above += l > 0 ? v : 0;
    product += vw;
    squares += vw * vw;
    if (v != 0) sizes.push_back(std::log(std::fabs(v)) + sign * l);
  }
  if (!(rows.value() > 0)) throw Error(ErrorCode::argument, "the weights of the rows have no sum above 0");
  const double mean = product.value() / rows.value();
  CompensatedSum scatter;
  for (std::size_t row = 0; row < log_weights.size(); ++row) {
    if (!std::isfinite(log_weights[row])) continue;
    const double distance = row_weights[row] * (std::exp(sign * log_weights[row] - largest) - mean);
    scatter += distance * distance;
  }
  const auto n = static_cast<double>(health.rows - health.non_finite);
  const double error = std::sqrt(scatter.value() * n / (n - 1)) / rows.value();
  health.mean = mean * std::exp(largest);
  health.mean_error = n > 1 ? error * std::exp(largest) : nan;
  health.effective_sample_size = product.value() * product.value() / squares.value();
  health.tail_index = pareto_tail(sizes).index;
  health.share_below_one = below.value() / rows.value();
  health.share_above_one = above.value() / rows.value();
}

/// The smallest ln w below or at which rows with this share of the weight lie; none where weights of rows are below 0: the share
/// then rises and falls.
void add_weighted_quantiles(WeightHealth& health, std::span<const double> log_weights, std::span<const double> row_weights) {
  std::vector<std::pair<double, double>> rows;  // ln w, weight
  for (std::size_t row = 0; row < log_weights.size(); ++row) {
    if (!std::isfinite(log_weights[row])) continue;
    if (row_weights[row] < 0) return;
    rows.emplace_back(log_weights[row], row_weights[row]);
  }
  WeightedQuantiles quantiles(std::move(rows));
  if (quantiles.empty()) return;
  for (const double p : quantile_probabilities) health.quantiles.push_back({p, quantiles.next(p)});
}

void check(const DensityRatioOptions& options) {
  if (!std::isfinite(options.prior_shift)) throw Error(ErrorCode::argument, "the prior shift must be a finite number");
  if (!options.clip) return;
  const auto [lower, upper] = *options.clip;
  if (!(lower >= 0 && lower < upper && std::isfinite(upper))) {
    throw Error(ErrorCode::argument, "weights are clipped to a range with 0 <= lower < upper < infinity");
  }
}

}  // namespace

WeightHealth weight_health(std::span<const double> log_weights, std::span<const double> row_weights, SampleRole role,
                           const JobControl& control) {
  WeightHealth health;
  health.rows = log_weights.size();
  const std::vector<double> sorted = sorted_finite(log_weights, control);
  health.non_finite = health.rows - sorted.size();
  if (sorted.empty()) {
    health.mean = health.mean_error = health.effective_sample_size = health.tail_index = nan;
    health.share_below_one = health.share_above_one = nan;
    return health;
  }
  const double sign = role == SampleRole::generated ? 1 : -1;
  add_moments(health, sorted, sign, control);
  health.tail_index = tail_index(sorted, sign);
  const auto n = static_cast<double>(sorted.size());
  const auto [first_one, first_above] = std::equal_range(sorted.begin(), sorted.end(), 0.0);
  health.share_below_one = static_cast<double>(first_one - sorted.begin()) / n;
  health.share_above_one = static_cast<double>(sorted.end() - first_above) / n;
  if (row_weights.empty()) {
    for (const double p : quantile_probabilities) health.quantiles.push_back({p, quantile(sorted, p)});
  } else {
    add_weighted(health, log_weights, row_weights, sign, control);
    add_weighted_quantiles(health, log_weights, row_weights);
  }
  const std::size_t count = std::min(extreme_rows, sorted.size());
  health.smallest = extremes(log_weights, count, sorted[count - 1], [](double a, double b) { return a < b; });
  health.largest =
      extremes(log_weights, count, sorted[sorted.size() - count], [](double a, double b) { return a > b; });
  return health;
}

DensityRatioWeights density_ratio_weights(LogitView logits, std::size_t members, const DensityRatioOptions& options,
                                          Backend& backend, const JobControl& control) {
  check(options);
  const std::size_t count = std::visit([](const auto& numbers) { return numbers.size(); }, logits);
  if (members == 0 || count % members != 0) {
    throw Error(ErrorCode::shape, "the number of logits must be a multiple of the number of members");
  }
  if (count == 0) throw Error(ErrorCode::too_few_rows, "there are no logits to make weights of");
  const WeightRule rule{options.rule, options.prior_shift, options.clip ? std::log(options.clip->lower) : -infinity,
                        options.clip ? std::log(options.clip->upper) : infinity};
  WeighedRows rows = backend.weigh(logits, members, rule, control);
  DensityRatioWeights result;
  result.health = weight_health(rows.log_weights, options.row_weights, options.role, control);
  result.health.non_finite = rows.non_finite;
  result.health.clipped_below = rows.below;
  result.health.clipped_above = rows.above;
  const auto spreads = sorted_finite(rows.member_spreads, control);
  result.member_spread = spreads.empty() ? nan : quantile(spreads, 0.5);
  result.log_weights = std::move(rows.log_weights);
  result.weights = std::move(rows.weights);
  return result;
}

}  // namespace caloscope
