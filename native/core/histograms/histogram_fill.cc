#include "core/histograms/histogram_fill.h"

#include <cmath>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

void add_to_each(std::vector<double>& sums, const std::vector<double>& more) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
}

std::size_t rows_of(const ColumnView& column) {
  if (const auto* floats = std::get_if<std::span<const float>>(&column)) return floats->size();
  if (const auto* doubles = std::get_if<std::span<const double>>(&column)) return doubles->size();
  return 0;
}

/// The first entry that is not finite, or the number of entries.
std::size_t first_non_finite(const ColumnView& column) {
  const auto search = [](const auto& values) {
    std::size_t row = 0;
    while (row < values.size() && std::isfinite(values[row])) ++row;
    return row;
  };
  if (const auto* floats = std::get_if<std::span<const float>>(&column)) return search(*floats);
  if (const auto* doubles = std::get_if<std::span<const double>>(&column)) return search(*doubles);
  return 0;
}

}  // namespace

HistogramSums::HistogramSums(std::size_t cells, std::size_t weight_columns)
    : HistogramCounters{0, 0, std::vector<double>(weight_columns), std::vector<double>(weight_columns)},
      values(cells * weight_columns), variances(cells * weight_columns) {}

void HistogramSums::add(const HistogramSums& other) {
  add_to_each(values, other.values);
  add_to_each(variances, other.variances);
  add_to_each(nan_values, other.nan_values);
  add_to_each(nan_variances, other.nan_variances);
  entries += other.entries;
  nan_entries += other.nan_entries;
}

std::size_t HistogramFillPlan::cells() const {
  std::size_t cells = 1;
  for (const auto& axis : axes) cells *= axis.cells();
  return cells;
}

std::size_t HistogramFill::checked_rows(std::span<const ColumnView> coordinates,
                                        std::span<const ColumnView> weights) const {
  if (coordinates.size() != plan_.axes.size() || weights.size() != plan_.weighted.size()) {
    throw Error(ErrorCode::shape, "a fill needs one column for each of the " + std::to_string(plan_.axes.size()) +
                                      " axes and each of the " + std::to_string(plan_.weighted.size()) +
                                      " weight columns");
  }
  const std::size_t rows = rows_of(coordinates.front());
  for (const auto& column : coordinates) {
    if (rows_of(column) != rows) throw Error(ErrorCode::shape, "the columns of a fill must have the same length");
  }
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (std::holds_alternative<std::monostate>(weights[c]) == plan_.weighted[c]) {
      throw Error(ErrorCode::argument, "weight column " + std::to_string(c) + " has weights in some pieces only");
    }
    if (plan_.weighted[c] && rows_of(weights[c]) != rows) {
      throw Error(ErrorCode::shape, "a fill needs one weight for each row");
    }
  }
  return rows;
}

void HistogramFill::add(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights,
                        const JobControl& control) {
  if (failed_) throw Error(ErrorCode::argument, "this fill has failed; start another one");
  failed_ = true;
  control.check();
  const std::size_t rows = checked_rows(coordinates, weights);
  if (!add_rows(coordinates, weights, rows, control)) {
    for (std::size_t c = 0; c < weights.size(); ++c) {
      const std::size_t row = first_non_finite(weights[c]);
      if (!plan_.weighted[c] || row == rows) continue;
      throw Error(ErrorCode::non_finite, "the weight in row " + std::to_string(rows_ + row) + " of weight column " +
                                             std::to_string(c) +
                                             " is not finite; clip the weights or leave such rows out");
    }
  }
  rows_ += rows;
  failed_ = false;
}

void HistogramFill::add_to(HistogramSums& sums) const {
  if (failed_) throw Error(ErrorCode::argument, "this fill has failed; start another one");
  add_all_to(sums);
}

}  // namespace caloscope
