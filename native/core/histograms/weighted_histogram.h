#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "core/histograms/histogram_axis.h"
#include "core/histograms/histogram_fill.h"

namespace caloscope {

/// A histogram of 1 to 8 axes that keeps Σw and Σw² of each cell for one or more weight columns. Members may be called
/// from any thread.
class WeightedHistogram {
 public:
  static constexpr std::size_t max_axes = 8;
  /// Cells times weight columns; 16 bytes each, and as much again while a fill runs.
  static constexpr std::size_t max_sums = 100'000'000;

  /// Throws Error(argument) with what to do beyond those bounds.
  WeightedHistogram(std::vector<HistogramAxis> axes, std::size_t weight_columns);

  const std::vector<HistogramAxis>& axes() const noexcept { return axes_; }
  std::size_t cells() const noexcept { return cells_; }
  std::size_t weight_columns() const noexcept { return weight_columns_; }

  /// The plan of a fill of this histogram, for Backend::start_fill. Throws Error(shape) unless `weighted` has one entry a
  /// weight column.
  HistogramFillPlan fill_plan(std::vector<bool> weighted, std::size_t expected_rows) const;
  /// Adds the rows of a fill. Throws Error: shape unless axes and number of weight columns are equal, argument for a fill
  /// that has failed.
  void add(const HistogramFill& fill);
  /// Adds the other's sums. Throws Error(shape) unless axes and number of weight columns are equal.
  void merge(const WeightedHistogram& other);
  /// Adds sums that were kept elsewhere. Throws Error(shape) unless all sizes fit.
  void add(const HistogramSums& sums);

  /// A copy of everything, or of one weight column's Σw and Σw², one a cell. Throws Error(argument).
  HistogramSums sums() const;
  HistogramCounters counters() const;
  std::vector<double> values(std::size_t weight_column) const;
  std::vector<double> variances(std::size_t weight_column) const;

 private:
  std::vector<double> column(const std::vector<double>& all, std::size_t weight_column) const;

  std::vector<HistogramAxis> axes_;
  std::size_t cells_ = 1;
  std::size_t weight_columns_;
  mutable std::mutex mutex_;
  HistogramSums sums_;
};

}  // namespace caloscope
