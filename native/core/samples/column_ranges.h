#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/samples/feature_table.h"

namespace caloscope {

/// Where the numbers of a column lie.
struct ColumnRange {
  float lowest;
  float low;   ///< below it lie `share_beyond` of the rows, rounded down
  float high;  ///< above it lie as many
  float highest;
};

/// Share of the rows below `low`, and above `high`.
constexpr double share_beyond = 1e-3;

/// The ranges of the stored columns over the rows of both tables together. Throws Error(shape) when they do not have the same
/// columns, or no rows.
std::vector<ColumnRange> column_ranges(const FeatureTable& first, const FeatureTable& second, const TileRunner& run_tiles,
                                       const JobControl& control);

/// For each stored column the rows below `low` or above `high`. Throws Error(shape) unless there is one of each a column.
std::vector<std::uint64_t> rows_outside(const FeatureTable& table, std::span<const float> low,
                                        std::span<const float> high);

}  // namespace caloscope
