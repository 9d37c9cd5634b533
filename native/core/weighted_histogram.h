#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <variant>
#include <vector>

#include "core/histogram_axis.h"
#include "core/job_control.h"

namespace caloscope {

/// Calls its second argument once for every number below the first, on any threads in any order, and returns when all
/// are done: `WorkerPool::run`, or a plain loop.
using TileRunner = std::function<void(std::size_t tiles, const std::function<void(std::size_t tile)>& body)>;

/// Numbers of one column, one a row. monostate as a weight column: every weight is 1.
using ColumnView = std::variant<std::monostate, std::span<const float>, std::span<const double>>;

struct HistogramCounters {
  /// Rows in cells, and rows with NaN in a coordinate: those are in no cell.
  std::uint64_t entries = 0;
  std::uint64_t nan_entries = 0;
  /// Σw and Σw² of the rows with NaN, one a weight column.
  std::vector<double> nan_values;
  std::vector<double> nan_variances;
};

/// What a histogram holds, and what a part of a fill makes. Cells are in axis order, the last axis fastest, flow
/// cells included; weight columns one after the other.
struct HistogramSums : HistogramCounters {
  HistogramSums(std::size_t cells, std::size_t weight_columns);
  void add(const HistogramSums& other);

  /// Σw and Σw², [weight columns × cells].
  std::vector<double> values;
  std::vector<double> variances;
};

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

  /// Adds rows: `coordinates` has one column an axis, `weights` one a weight column. All or nothing: rows count only
  /// if the whole fill succeeds. Rows are cut into at most 32 tiles by their number and the number of cells alone, and
  /// the tiles' sums added in order, so that the result has the same bits for any `run_tiles`.
  /// Throws Error: shape (lengths differ), non_finite (a weight; names the row), cancelled.
  void fill(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights, const TileRunner& run_tiles,
            const JobControl& control);

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
  struct Rows;
  void fill_tile(const Rows& rows, std::size_t first, std::size_t last, HistogramSums& sums,
                 const JobControl& control) const;
  std::vector<double> column(const std::vector<double>& all, std::size_t weight_column) const;

  std::vector<HistogramAxis> axes_;
  std::vector<std::size_t> strides_;
  std::size_t cells_ = 1;
  std::size_t weight_columns_;
  mutable std::mutex mutex_;
  HistogramSums sums_;
};

}  // namespace caloscope
