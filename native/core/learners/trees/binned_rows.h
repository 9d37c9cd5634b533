#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/learners/dense_rows.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// The upper borders of all bins but the last, ascending: a value belongs to the first bin whose border it does not
/// exceed. At most `bins` bins of about equally many values each; one value that is more frequent than that has a bin
/// of its own. Borders lie half way between values that there are. `sorted`: the values from the smallest up.
std::vector<float> quantile_borders(std::span<const float> sorted, std::uint32_t bins);

/// A column that changes.
struct BinnedColumn {
  std::uint32_t column;        ///< in the rows
  std::uint32_t first_bin;     ///< where its bins begin in an array over the bins of all columns
  std::vector<float> borders;  ///< of quantile_borders

  std::uint32_t bins() const { return static_cast<std::uint32_t>(borders.size()) + 1; }
};

/// Rows of which only the bins are known; columns that never change are left out. Columns lie in groups of eight, row
/// by row: what a pass over some of the rows reads lies together, and the sums of a group over its bins fit into the
/// first cache.
class BinnedRows {
 public:
  static constexpr std::size_t group_columns = 8;

  BinnedRows(const DenseRows& rows, std::uint32_t bins, const TileRunner& run_tiles, const JobControl& control);

  std::size_t rows() const { return rows_; }
  const std::vector<BinnedColumn>& columns() const { return columns_; }
  std::size_t groups() const { return (columns_.size() + group_columns - 1) / group_columns; }
  /// Bins of all columns together.
  std::size_t bins() const { return columns_.empty() ? 0 : columns_.back().first_bin + columns_.back().bins(); }

  /// The first row of a group: group_columns numbers a row.
  const std::uint8_t* group(std::size_t number) const { return bin_.data() + number * rows_ * group_columns; }

 private:
  void find_columns(const DenseRows& rows, std::uint32_t bins, const TileRunner& run_tiles, const JobControl& control);
  void fill(const DenseRows& rows, std::size_t first, std::size_t last);

  std::size_t rows_;
  std::vector<BinnedColumn> columns_;
  std::vector<std::uint8_t> bin_;
};

}  // namespace caloscope
