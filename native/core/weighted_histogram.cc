#include "core/weighted_histogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"

namespace caloscope {
namespace {

constexpr std::size_t block_rows = 1024;

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

std::size_t rows_of(const ColumnView& column) {
  if (const auto* floats = std::get_if<std::span<const float>>(&column)) return floats->size();
  if (const auto* doubles = std::get_if<std::span<const double>>(&column)) return doubles->size();
  return 0;
}

/// Depends on the input alone. Each tile has sums of its own, so that few tiles are worth their memory (64 MiB of
/// sums in all, or one tile) and the time to add them (no tile with fewer rows than sums).
std::size_t tile_count(std::size_t rows, std::size_t sums) {
  constexpr std::size_t max_tiles = 32;
  constexpr std::size_t min_rows = 16384;
  constexpr std::size_t max_sums_of_all_tiles = std::size_t{1} << 22;
  const std::size_t worth = std::min(rows / std::max(min_rows, sums), max_sums_of_all_tiles / sums);
  return std::clamp<std::size_t>(worth, 1, max_tiles);
}

template <class T>
void check_finite(std::span<const T> weights, std::size_t weight_column, const JobControl& control) {
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (row % (64 * block_rows) == 0) control.check();
    if (!std::isfinite(weights[row])) {
      throw Error(ErrorCode::non_finite, "the weight in row " + std::to_string(row) + " of weight column " +
                                             std::to_string(weight_column) +
                                             " is not finite; clip the weights or leave such rows out");
    }
  }
}

/// Adds the weights of the rows [first, first + cells.size()) to their cells.
template <class WeightOf>
void add_weights(std::span<const std::size_t> cells, WeightOf weight_of, double* values, double* variances,
                 double& nan_value, double& nan_variance) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const double w = weight_of(i);
    const bool nan = cells[i] == HistogramAxis::nowhere;
    (nan ? nan_value : values[cells[i]]) += w;
    (nan ? nan_variance : variances[cells[i]]) += w * w;
  }
}

void add_to(std::vector<double>& sums, const std::vector<double>& more) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
}

}  // namespace

HistogramSums::HistogramSums(std::size_t cells, std::size_t weight_columns)
    : HistogramCounters{0, 0, std::vector<double>(weight_columns), std::vector<double>(weight_columns)},
      values(cells * weight_columns), variances(cells * weight_columns) {}

void HistogramSums::add(const HistogramSums& other) {
  add_to(values, other.values);
  add_to(variances, other.variances);
  add_to(nan_values, other.nan_values);
  add_to(nan_variances, other.nan_variances);
  entries += other.entries;
  nan_entries += other.nan_entries;
}

struct WeightedHistogram::Rows {
  std::span<const ColumnView> coordinates;
  std::span<const ColumnView> weights;
};

WeightedHistogram::WeightedHistogram(std::vector<HistogramAxis> axes, std::size_t weight_columns)
    : axes_(std::move(axes)), cells_(checked_cells(axes_, weight_columns)), weight_columns_(weight_columns),
      sums_(cells_, weight_columns) {
  strides_.resize(axes_.size());
  std::size_t stride = 1;
  for (std::size_t axis = axes_.size(); axis-- > 0;) {
    strides_[axis] = stride;
    stride *= axes_[axis].cells();
  }
}

void WeightedHistogram::fill(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights,
                             const TileRunner& run_tiles, const JobControl& control) {
  if (coordinates.size() != axes_.size() || weights.size() != weight_columns_) {
    throw Error(ErrorCode::shape, "a fill needs one column for each of the " + std::to_string(axes_.size()) +
                                      " axes and each of the " + std::to_string(weight_columns_) + " weight columns");
  }
  const std::size_t rows = rows_of(coordinates.front());
  for (const auto& column : coordinates) {
    if (rows_of(column) != rows) throw Error(ErrorCode::shape, "the columns of a fill must have the same length");
  }
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (std::holds_alternative<std::monostate>(weights[c])) continue;
    if (rows_of(weights[c]) != rows) throw Error(ErrorCode::shape, "a fill needs one weight for each row");
    if (const auto* floats = std::get_if<std::span<const float>>(&weights[c])) check_finite(*floats, c, control);
    if (const auto* doubles = std::get_if<std::span<const double>>(&weights[c])) check_finite(*doubles, c, control);
  }

  const std::size_t tiles = tile_count(rows, cells_ * weight_columns_);
  const std::size_t tile_rows = (rows + tiles - 1) / tiles;
  std::vector<HistogramSums> parts(tiles, HistogramSums(cells_, weight_columns_));
  run_tiles(tiles, [&](std::size_t tile) {
    const std::size_t first = std::min(tile * tile_rows, rows);
    fill_tile({coordinates, weights}, first, std::min(first + tile_rows, rows), parts[tile], control);
  });
  control.check();
  const std::lock_guard lock(mutex_);
  for (const auto& part : parts) sums_.add(part);
}

void WeightedHistogram::fill_tile(const Rows& rows, std::size_t first, std::size_t last, HistogramSums& sums,
                                  const JobControl& control) const {
  std::array<std::size_t, block_rows> cells;
  for (std::size_t start = first; start < last; start += block_rows) {
    control.check();
    const std::size_t count = std::min(block_rows, last - start);
    std::fill_n(cells.begin(), count, 0);
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      if (const auto* floats = std::get_if<std::span<const float>>(&rows.coordinates[a])) {
        axes_[a].add_cells(floats->subspan(start, count), strides_[a], cells.data());
      } else if (const auto* doubles = std::get_if<std::span<const double>>(&rows.coordinates[a])) {
        axes_[a].add_cells(doubles->subspan(start, count), strides_[a], cells.data());
      }
    }
    const std::span<const std::size_t> filled(cells.data(), count);
    const auto nan_rows = static_cast<std::size_t>(std::count(filled.begin(), filled.end(), HistogramAxis::nowhere));
    sums.nan_entries += nan_rows;
    sums.entries += count - nan_rows;
    for (std::size_t c = 0; c < weight_columns_; ++c) {
      const auto add = [&](auto weight_of) {
        add_weights(filled, weight_of, &sums.values[c * cells_], &sums.variances[c * cells_], sums.nan_values[c],
                    sums.nan_variances[c]);
      };
      if (const auto* floats = std::get_if<std::span<const float>>(&rows.weights[c])) {
        add([w = floats->subspan(start, count)](std::size_t i) { return static_cast<double>(w[i]); });
      } else if (const auto* doubles = std::get_if<std::span<const double>>(&rows.weights[c])) {
        add([w = doubles->subspan(start, count)](std::size_t i) { return w[i]; });
      } else {
        add([](std::size_t) { return 1.0; });
      }
    }
  }
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
