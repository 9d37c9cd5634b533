#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "core/histograms/histogram_axis.h"
#include "core/run/job_control.h"

namespace caloscope {

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

/// What a histogram holds. Cells are in axis order, the last axis fastest, flow cells included; weight columns one after
/// the other.
struct HistogramSums : HistogramCounters {
  HistogramSums(std::size_t cells, std::size_t weight_columns);
  void add(const HistogramSums& other);

  /// Σw and Σw², [weight columns × cells].
  std::vector<double> values;
  std::vector<double> variances;
};

/// What is filled: a histogram with these axes and, for each weight column, whether it has weights or counts rows.
/// `expected_rows` decides how the work is cut; other numbers are as right, but give other roundings.
struct HistogramFillPlan {
  std::vector<HistogramAxis> axes;
  std::vector<bool> weighted;
  std::size_t expected_rows = 0;

  /// Cells of all axes together.
  std::size_t cells() const;
};

/// Rows on their way into a histogram, in any number of pieces: they count only when the whole is added with
/// WeightedHistogram::add. The sums depend on the rows, their pieces and the plan, never on how many threads work. Made by
/// a backend. After an Error nothing more can be done with it.
class HistogramFill {
 public:
  virtual ~HistogramFill() = default;

  const HistogramFillPlan& plan() const noexcept { return plan_; }

  /// Adds rows: `coordinates` has one column an axis, `weights` one a weight column.
  /// Throws Error: shape (lengths differ), argument (a column that counts has weights, or the other way round),
  /// non_finite (a weight; names the row, counted from the first piece), cancelled.
  void add(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights, const JobControl& control);

  /// Adds all rows to sums of the size of the plan. Throws Error(argument) after an error.
  void add_to(HistogramSums& sums) const;

 protected:
  explicit HistogramFill(HistogramFillPlan plan) : plan_(std::move(plan)) {}

  /// Adds `rows` rows, shapes are checked. False where a weight is not finite.
  virtual bool add_rows(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights, std::size_t rows,
                        const JobControl& control) = 0;
  virtual void add_all_to(HistogramSums& sums) const = 0;

 private:
  std::size_t checked_rows(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights) const;

  HistogramFillPlan plan_;
  std::uint64_t rows_ = 0;
  bool failed_ = false;
};

}  // namespace caloscope
