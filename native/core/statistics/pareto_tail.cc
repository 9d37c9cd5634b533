#include "core/statistics/pareto_tail.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/run/error.h"

namespace caloscope {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t least_rows = 5;
/// The prior of k̂: as many weights of index ½.
constexpr double prior_rows = 10;
constexpr double prior_index = 0.5;
/// Of the profile of b: 1/b is about this many lower quartiles.
constexpr double prior_quartiles = 3;

/// -k of the likeliest distribution with σ/k = -1/b, mean of ln(1 - b x).
double index_at(double b, const std::vector<double>& excess) {
  double sum = 0;
  for (const double x : excess) sum += std::log1p(-b * x);
  return sum / static_cast<double>(excess.size());
}

/// Posterior mean of b over points that follow its prior. `excess` ascends.
double posterior_mean(const std::vector<double>& excess) {
  const auto n = static_cast<double>(excess.size());
  const double quartile = excess[static_cast<std::size_t>(n / 4 + 0.5) - 1];
  const auto points = 30 + static_cast<std::size_t>(std::sqrt(n));
  std::vector<double> b(points), log_likelihood(points);
  for (std::size_t i = 0; i < points; ++i) {
    const double place = static_cast<double>(points) / (static_cast<double>(i) + 0.5);
    b[i] = (1 - std::sqrt(place)) / (prior_quartiles * quartile) + 1 / excess.back();
    const double k = index_at(b[i], excess);
    log_likelihood[i] = n * (std::log(-b[i] / k) - k - 1);
  }
  const double largest = *std::max_element(log_likelihood.begin(), log_likelihood.end());
  double all = 0;
  for (const double l : log_likelihood) all += std::exp(l - largest);
  double weight = 0, sum = 0;
  for (std::size_t i = 0; i < points; ++i) {
    const double share = std::exp(log_likelihood[i] - largest) / all;
    if (share < 10 * std::numeric_limits<double>::epsilon()) continue;
    weight += share;
    sum += share * b[i];
  }
  return sum / weight;
}

}  // namespace

ParetoTail pareto_tail(std::span<const double> log_weights) {
  for (std::size_t row = 0; row < log_weights.size(); ++row) {
    if (log_weights[row] < std::numeric_limits<double>::infinity()) continue;
    throw Error(ErrorCode::non_finite, "the weight of row " + std::to_string(row) + " is not a finite number");
  }
  const auto n = static_cast<double>(log_weights.size());
  const auto rows = static_cast<std::size_t>(std::ceil(std::min(n / 5, 3 * std::sqrt(n))));
  if (rows >= log_weights.size()) return {none, none, none, 0};

  std::vector<double> largest(log_weights.begin(), log_weights.end());
  const auto cut = largest.begin() + static_cast<std::ptrdiff_t>(rows);
  std::nth_element(largest.begin(), cut, largest.end(), std::greater<>());
  const double unit = *std::max_element(largest.begin(), cut);
  if (std::isinf(unit)) return {none, none, none, 0};
  const double cutoff = std::max(*cut - unit, std::log(std::numeric_limits<double>::min()));
  std::vector<double> excess;
  for (auto weight = largest.begin(); weight != cut; ++weight) {
    const double above = std::exp(*weight - unit) - std::exp(cutoff);
    if (above > 0) excess.push_back(above);
  }
  if (excess.size() < least_rows) return {none, none, cutoff + unit, excess.size()};
  std::sort(excess.begin(), excess.end());
  const double b = posterior_mean(excess);
  const double k = index_at(b, excess);
  const auto count = static_cast<double>(excess.size());
  return {(count * k + prior_rows * prior_index) / (count + prior_rows), -k / b, cutoff + unit, excess.size()};
}

}  // namespace caloscope
