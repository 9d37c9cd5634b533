#include "core/learners/trees/binned_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "core/statistics/radix_sort.h"

namespace caloscope {
namespace {

/// Rows that are enough to find borders with.
constexpr std::size_t most_quantile_rows = 65536;
/// Rows of a tile: what is read and written stays in the second cache.
constexpr std::size_t fill_rows = 1024;
constexpr std::size_t most_bins = 256;

/// A number that falls where the value rises, and back.
std::uint32_t order_key(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return bits >> 31 ? ~bits : bits | 0x80000000U;
}
float value_of(std::uint32_t key) { return std::bit_cast<float>(key >> 31 ? key & 0x7FFFFFFFU : ~key); }

std::vector<float> sorted_values(const DenseRows& rows, std::uint32_t column, const JobControl& control) {
  std::vector<std::uint32_t> keys(std::min(rows.count, most_quantile_rows));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys[i] = order_key(rows.row(i * rows.count / keys.size())[column] + 0.0F);
  }
  radix_sort(keys, [](std::uint32_t key) { return std::uint64_t{key} << 32; }, control);
  std::vector<float> values(keys.size());
  std::ranges::transform(keys, values.begin(), value_of);
  return values;
}

/// Between two values, and at least the lower one: what does not exceed it is the lower one or less.
float half_way(float lower, float upper) {
  const auto middle = static_cast<float>(double{lower} + (double{upper} - double{lower}) / 2);
  return middle >= lower && middle < upper ? middle : lower;
}

/// Borders of a column with infinity behind them: the number of those below a value is found without a branch.
using PaddedBorders = std::array<float, most_bins>;

PaddedBorders padded(std::span<const float> borders) {
  PaddedBorders result;
  result.fill(std::numeric_limits<float>::infinity());
  std::ranges::copy(borders, result.begin());
  return result;
}

std::uint8_t bin_of(const PaddedBorders& borders, float value) {
  std::uint32_t below = 0;
  for (std::uint32_t step = most_bins / 2; step > 0; step /= 2) {
    below += step * static_cast<std::uint32_t>(borders[below + step - 1] < value);
  }
  return static_cast<std::uint8_t>(below);
}

}  // namespace

std::vector<float> quantile_borders(std::span<const float> sorted, std::uint32_t bins) {
  std::vector<std::size_t> ends;  // of the runs of equal values
  for (std::size_t i = 1; i <= sorted.size(); ++i) {
    if (i == sorted.size() || sorted[i] != sorted[i - 1]) ends.push_back(i);
  }
  std::vector<float> borders;
  std::size_t begin = 0;  // of the bin that is being filled
  std::size_t target = (sorted.size() + bins - 1) / bins;
  for (std::size_t run = 0; run + 1 < ends.size() && borders.size() + 1 < bins; ++run) {
    const bool full = ends[run] - begin >= target;
    const bool frequent_next = ends[run + 1] - ends[run] >= target;
    const bool enough_bins = ends.size() - run <= bins - borders.size();
    if (!full && !frequent_next && !enough_bins) continue;
    borders.push_back(half_way(sorted[ends[run] - 1], sorted[ends[run]]));
    begin = ends[run];
    const std::size_t bins_left = bins - borders.size();
    target = (sorted.size() - begin + bins_left - 1) / bins_left;
  }
  return borders;
}

BinnedRows::BinnedRows(const DenseRows& rows, std::uint32_t bins, const TileRunner& run_tiles,
                       const JobControl& control)
    : rows_(rows.count) {
  find_columns(rows, bins, run_tiles, control);
  bin_.resize(groups() * rows_ * group_columns);
  run_tiles((rows_ + fill_rows - 1) / fill_rows, [&](std::size_t tile) {
    control.check();
    fill(rows, tile * fill_rows, std::min(rows_, (tile + 1) * fill_rows));
  });
}

void BinnedRows::find_columns(const DenseRows& rows, std::uint32_t bins, const TileRunner& run_tiles,
                              const JobControl& control) {
  if (rows.count == 0) return;
  std::vector<std::vector<float>> borders(rows.columns);
  run_tiles(rows.columns, [&](std::size_t column) {
    borders[column] = quantile_borders(sorted_values(rows, static_cast<std::uint32_t>(column), control), bins);
  });
  std::uint32_t first_bin = 0;
  for (std::uint32_t column = 0; column < rows.columns; ++column) {
    if (borders[column].empty()) continue;
    columns_.push_back({column, first_bin, std::move(borders[column])});
    first_bin += columns_.back().bins();
  }
}

void BinnedRows::fill(const DenseRows& rows, std::size_t first, std::size_t last) {
  std::array<const float*, fill_rows> values;
  for (std::size_t row = first; row < last; ++row) values[row - first] = rows.row(row);
  for (std::size_t place = 0; place < columns_.size(); ++place) {
    const auto borders = padded(columns_[place].borders);
    const std::size_t column = columns_[place].column;
    const std::size_t slot = place % group_columns;
    std::uint8_t* out = bin_.data() + (place / group_columns * rows_ + first) * group_columns + slot;
    for (std::size_t i = 0; i < last - first; ++i) out[i * group_columns] = bin_of(borders, values[i][column]);
  }
}

}  // namespace caloscope
