#include "core/histograms/weighted_histogram.h"

#include <string>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

std::size_t checked_cells(const std::vector<HistogramAxis>& axes, std::size_t weight_columns) {
  if (axes.empty() || axes.size() > WeightedHistogram::max_axes) {
    throw Error(ErrorCode::argument, "a histogram has 1 to 8 axes, not " + std::to_string(axes.size()));
  }
  if (weight_columns < 1 || weight_columns > WeightedHistogram::max_sums) {
    throw Error(ErrorCode::argument, "a histogram needs at least one weight column");
  }
  std::size_t cells = 1;
  for (const auto& axis : axes) {
    if (axis.cells() > WeightedHistogram::max_sums / weight_columns / cells) {
      throw Error(ErrorCode::argument,
                  "a histogram holds at most " + std::to_string(WeightedHistogram::max_sums) +
                      " cells (bins and flow cells of all axes) times weight columns; use fewer bins or axes");
    }
    cells *= axis.cells();
  }
  return cells;
}

}  // namespace

WeightedHistogram::WeightedHistogram(std::vector<HistogramAxis> axes, std::size_t weight_columns)
    : axes_(std::move(axes)), cells_(checked_cells(axes_, weight_columns)), weight_columns_(weight_columns),
      sums_(cells_, weight_columns) {}

HistogramFillPlan WeightedHistogram::fill_plan(std::vector<bool> weighted, std::size_t expected_rows) const {
  if (weighted.size() != weight_columns_) {
    throw Error(ErrorCode::shape, "a fill needs one entry for each of the " + std::to_string(weight_columns_) +
                                      " weight columns");
  }
  return {axes_, std::move(weighted), expected_rows};
}

void WeightedHistogram::add(const HistogramFill& fill) {
  if (axes_ != fill.plan().axes || weight_columns_ != fill.plan().weighted.size()) {
    throw Error(ErrorCode::shape, "the fill is that of a histogram with other axes or weight columns");
  }
  const std::lock_guard lock(mutex_);
  fill.add_to(sums_);
}

void WeightedHistogram::merge(const WeightedHistogram& other) {
  if (axes_ != other.axes_ || weight_columns_ != other.weight_columns_) {
    throw Error(ErrorCode::shape,
                "histograms can be merged only if they have equal axes and as many weight columns; rebin or refill one");
  }
  add(other.sums());
}

void WeightedHistogram::add(const HistogramSums& sums) {
  const std::size_t size = cells_ * weight_columns_;
  if (sums.values.size() != size || sums.variances.size() != size || sums.nan_values.size() != weight_columns_ ||
      sums.nan_variances.size() != weight_columns_) {
    throw Error(ErrorCode::shape, "the sums are not those of a histogram with these axes and weight columns");
  }
  const std::lock_guard lock(mutex_);
  sums_.add(sums);
}

HistogramSums WeightedHistogram::sums() const {
  const std::lock_guard lock(mutex_);
  return sums_;
}

HistogramCounters WeightedHistogram::counters() const {
  const std::lock_guard lock(mutex_);
  return sums_;
}

std::vector<double> WeightedHistogram::column(const std::vector<double>& all, std::size_t weight_column) const {
  if (weight_column >= weight_columns_) {
    throw Error(ErrorCode::argument, "weight column " + std::to_string(weight_column) + " of a histogram with " +
                                         std::to_string(weight_columns_));
  }
  const std::lock_guard lock(mutex_);
  const double* const first = all.data() + weight_column * cells_;
  return {first, first + cells_};
}

std::vector<double> WeightedHistogram::values(std::size_t weight_column) const {
  return column(sums_.values, weight_column);
}

std::vector<double> WeightedHistogram::variances(std::size_t weight_column) const {
  return column(sums_.variances, weight_column);
}

}  // namespace caloscope
