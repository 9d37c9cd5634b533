#include "core/failures/column_bins.h"

#include <algorithm>
#include <cmath>

namespace caloscope {
namespace {

/// Rows that decide the edges, equally spaced in the column.
constexpr std::size_t rows_for_edges = 20'000;
/// Rows between two questions to the job.
constexpr std::size_t step = std::size_t{1} << 15;

std::vector<double> sorted_values(std::span<const double> values) {
  const std::size_t stride = std::max<std::size_t>(1, values.size() / rows_for_edges);
  std::vector<double> sorted;
  sorted.reserve(values.size() / stride + 1);
  for (std::size_t row = 0; row < values.size(); row += stride) {
    if (std::isfinite(values[row])) sorted.push_back(values[row]);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

double power_of_ten(double exponent) { return std::pow(10.0, std::floor(exponent)); }

/// The last digit that an edge may have: three digits of the value, or more where the values lie close together.
double last_digit(double value, double spread) {
  const double of_spread = spread > 0 ? power_of_ten(std::log10(spread / 50)) : 0;
  const double of_value = value != 0 ? power_of_ten(std::log10(std::abs(value)) - 2) : of_spread;
  return of_spread > 0 ? std::min(of_value, of_spread) : of_value;
}

double rounded(double value, double digit) {
  if (!(digit > 0) || !std::isnormal(digit)) return value;
  // A whole number times a power of ten is nearest to the decimal when divided by its inverse.
  const double result = digit < 1 ? std::round(value / digit) / std::round(1 / digit) : std::round(value / digit) * digit;
  return std::isfinite(result) ? result : value;
}

}  // namespace

ColumnBins binned(std::span<const double> values, std::size_t most, const JobControl& control) {
  const auto sorted = sorted_values(values);
  ColumnBins column;
  if (!sorted.empty()) {
    const double last = static_cast<double>(sorted.size() - 1);
    const auto quantile = [&](double share) { return sorted[static_cast<std::size_t>(std::lround(share * last))]; };
    const double spread = quantile(0.75) - quantile(0.25);
    for (std::size_t i = 1; i < most; ++i) {
      const double value = quantile(static_cast<double>(i) / static_cast<double>(most));
      const double edge = rounded(value, last_digit(value, spread));
      const bool splits = edge > sorted.front() && edge <= sorted.back();
      if (splits && (column.edges.empty() || edge > column.edges.back())) column.edges.push_back(edge);
    }
  }
  const auto undefined = static_cast<std::uint8_t>(column.ordered());
  column.bins.resize(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (row % step == 0) control.check();
    if (std::isnan(values[row])) {
      column.bins[row] = undefined;
      column.has_undefined = true;
      continue;
    }
    const auto above = std::upper_bound(column.edges.begin(), column.edges.end(), values[row]);
    column.bins[row] = static_cast<std::uint8_t>(above - column.edges.begin());
  }
  return column;
}

}  // namespace caloscope
