#include "core/density_ratio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/compensated_sum.h"
#include "core/error.h"
#include "core/radix_sort.h"
#include "core/score_key.h"

namespace caloscope {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
/// Rows between two questions to the job.
constexpr std::size_t block_rows = 4096;
constexpr std::size_t extreme_rows = 10;
constexpr std::array quantile_probabilities{0.0001, 0.001, 0.01, 0.05, 0.16, 0.25, 0.5,
                                            0.75,   0.84,  0.95, 0.99, 0.999, 0.9999};

/// ln Σ exp(x_i), x_i = of(l_i).
template <class Of>
double log_sum_exp(std::span<const double> logits, Of of) {
  double largest = -infinity;
  for (const double l : logits) largest = std::max(largest, of(l));
  if (std::isinf(largest)) return largest;
  double sum = 0;
  for (const double l : logits) sum += std::exp(of(l) - largest);
  return largest + std::log(sum);
}

double log_sigmoid(double l) { return l >= 0 ? -std::log1p(std::exp(-l)) : l - std::log1p(std::exp(l)); }

double log_odds_of_mean_probability(std::span<const double> logits) {
  double for_reference = 0;
  double for_generated = 0;
  for (const double l : logits) {
    const double e = std::exp(-std::abs(l));
    const double larger = 1 / (1 + e);
    const double smaller = e / (1 + e);
    for_reference += l >= 0 ? larger : smaller;
    for_generated += l >= 0 ? smaller : larger;
  }
  // Below, the smaller sum is made of subnormal numbers or of zeros.
  constexpr double normal = 1e-290;
  if (for_reference > normal && for_generated > normal) return std::log(for_reference / for_generated);
  return log_sum_exp(logits, log_sigmoid) - log_sum_exp(logits, [](double l) { return log_sigmoid(-l); });
}

double mean(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (std::isfinite(sum)) return sum / n;
  // Infinite members, or finite ones so large that only their sum overflows.
  return std::accumulate(values.begin(), values.end(), 0.0, [n](double m, double v) { return m + v / n; });
}

double standard_deviation(std::span<const double> values) {
  const double center = mean(values);
  double squares = 0;
  for (const double v : values) squares += (v - center) * (v - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

/// Linear interpolation at position (n-1)p; `sorted` ascending and not empty.
double quantile(const std::vector<double>& sorted, double probability) {
  const double position = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

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

void check(const DensityRatioOptions& options) {
  if (!std::isfinite(options.prior_shift)) throw Error(ErrorCode::argument, "the prior shift must be a finite number");
  if (!options.clip) return;
  const auto [lower, upper] = *options.clip;
  if (!(lower >= 0 && lower < upper && std::isfinite(upper))) {
    throw Error(ErrorCode::argument, "weights are clipped to a range with 0 <= lower < upper < infinity");
  }
}

}  // namespace

double log_weight(std::span<const double> logits, EnsembleRule rule) {
  for (const double l : logits) {
    if (std::isnan(l)) return nan;
  }
  switch (rule) {
    case EnsembleRule::mean_logit: return mean(logits);
    case EnsembleRule::mean_probability: return log_odds_of_mean_probability(logits);
    case EnsembleRule::mean_weight: break;
  }
  return log_sum_exp(logits, [](double l) { return l; }) - std::log(static_cast<double>(logits.size()));
}

WeightHealth weight_health(std::span<const double> log_weights, SampleRole role, const JobControl& control) {
  WeightHealth health;
  health.rows = log_weights.size();
  const std::vector<double> sorted = sorted_finite(log_weights, control);
  health.non_finite = health.rows - sorted.size();
  if (sorted.empty()) {
    health.mean = health.mean_error = health.effective_sample_size = nan;
    health.share_below_one = health.share_above_one = nan;
    return health;
  }
  add_moments(health, sorted, role == SampleRole::generated ? 1 : -1, control);
  const auto n = static_cast<double>(sorted.size());
  const auto [first_one, first_above] = std::equal_range(sorted.begin(), sorted.end(), 0.0);
  health.share_below_one = static_cast<double>(first_one - sorted.begin()) / n;
  health.share_above_one = static_cast<double>(sorted.end() - first_above) / n;
  for (const double p : quantile_probabilities) health.quantiles.push_back({p, quantile(sorted, p)});
  const std::size_t count = std::min(extreme_rows, sorted.size());
  health.smallest = extremes(log_weights, count, sorted[count - 1], [](double a, double b) { return a < b; });
  health.largest =
      extremes(log_weights, count, sorted[sorted.size() - count], [](double a, double b) { return a > b; });
  return health;
}

template <class T>
DensityRatioWeights density_ratio_weights(std::span<const T> logits, std::size_t members,
                                          const DensityRatioOptions& options, const JobControl& control) {
  check(options);
  if (members == 0 || logits.size() % members != 0) {
    throw Error(ErrorCode::shape, "the number of logits must be a multiple of the number of members");
  }
  const std::size_t rows = logits.size() / members;
  if (rows == 0) throw Error(ErrorCode::too_few_rows, "there are no logits to make weights of");
  const double lower = options.clip ? std::log(options.clip->lower) : -infinity;
  const double upper = options.clip ? std::log(options.clip->upper) : infinity;

  DensityRatioWeights result;
  result.log_weights.resize(rows);
  result.weights.resize(rows);
  std::vector<double> spreads(members > 1 ? rows : 0);
  std::vector<double> of_row(members);
  std::size_t non_finite = 0;
  std::size_t below = 0;
  std::size_t above = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    if (row % block_rows == 0) control.check();
    for (std::size_t member = 0; member < members; ++member) {
      of_row[member] = static_cast<double>(logits[member * rows + row]);
    }
    if (members > 1) spreads[row] = standard_deviation(of_row);
    double l = log_weight(of_row, options.rule) + options.prior_shift;
    non_finite += std::isfinite(l) ? 0 : 1;
    below += l < lower ? 1 : 0;
    above += l > upper ? 1 : 0;
    if (!std::isnan(l)) l = std::clamp(l, lower, upper);
    result.log_weights[row] = l;
    result.weights[row] = std::exp(l);
  }
  result.health = weight_health(result.log_weights, options.role, control);
  result.health.non_finite = non_finite;
  result.health.clipped_below = below;
  result.health.clipped_above = above;
  spreads = sorted_finite(spreads, control);
  result.member_spread = spreads.empty() ? nan : quantile(spreads, 0.5);
  return result;
}

template DensityRatioWeights density_ratio_weights(std::span<const float>, std::size_t, const DensityRatioOptions&,
                                                   const JobControl&);
template DensityRatioWeights density_ratio_weights(std::span<const double>, std::size_t, const DensityRatioOptions&,
                                                   const JobControl&);

}  // namespace caloscope
