#include "core/samples/column_ranges.h"

#include <algorithm>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Neighbouring columns that are read in one pass over the rows: half a cache line.
constexpr std::uint32_t columns_together = 8;

ColumnRange range_of(std::vector<float>& values) {
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  ColumnRange range{*lowest, 0, 0, *highest};
  const auto beyond = static_cast<std::ptrdiff_t>(share_beyond * static_cast<double>(values.size()));
  const auto low = values.begin() + beyond;
  const auto high = values.end() - 1 - beyond;
  std::nth_element(values.begin(), low, values.end());
  range.low = *low;
  std::nth_element(low, high, values.end());
  range.high = *high;
  return range;
}

}  // namespace

std::vector<ColumnRange> column_ranges(const FeatureTable& first, const FeatureTable& second, const TileRunner& run_tiles,
                                       const JobControl& control) {
  const std::uint32_t columns = first.scalars();
  if (second.scalars() != columns || first.rows() + second.rows() == 0) {
    throw Error(ErrorCode::shape, "ranges are of two tables with the same " + std::to_string(columns) +
                                      " columns, and of one row at least");
  }
  std::vector<ColumnRange> ranges(columns);
  run_tiles((columns + columns_together - 1) / columns_together, [&](std::size_t tile) {
    const auto begin = static_cast<std::uint32_t>(tile) * columns_together;
    const std::uint32_t width = std::min(columns_together, columns - begin);
    std::vector<std::vector<float>> values(width);
    for (auto& column : values) column.reserve(first.rows() + second.rows());
    for (const FeatureTable* table : {&first, &second}) {
      control.check();
      for (std::uint64_t row = 0; row < table->rows(); ++row) {
        for (std::uint32_t i = 0; i < width; ++i) values[i].push_back(table->scalars_of(row)[begin + i]);
      }
    }
    for (std::uint32_t i = 0; i < width; ++i) {
      control.check();
      ranges[begin + i] = range_of(values[i]);
    }
  });
  return ranges;
}

std::vector<std::uint64_t> rows_outside(const FeatureTable& table, std::span<const float> low,
                                        std::span<const float> high) {
  const std::uint32_t columns = table.scalars();
  if (low.size() != columns || high.size() != columns) {
    throw Error(ErrorCode::shape, "the ranges are not those of " + std::to_string(columns) + " columns");
  }
  std::vector<std::uint64_t> outside(columns);
  for (std::uint64_t row = 0; row < table.rows(); ++row) {
    const float* values = table.scalars_of(row);
    for (std::uint32_t column = 0; column < columns; ++column) {
      outside[column] += values[column] < low[column] || values[column] > high[column];
    }
  }
  return outside;
}

}  // namespace caloscope
