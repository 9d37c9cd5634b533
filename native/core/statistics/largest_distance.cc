#include "core/statistics/largest_distance.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/run/random.h"
#include "core/statistics/ranked_rows.h"

namespace caloscope {
namespace {

/// Permutations that walk through a column together: one look at a row serves all.
constexpr std::size_t lanes = 16;
using Labels = std::vector<std::uint16_t>;
/// Rows between two questions to the job.
constexpr std::size_t step = std::size_t{1} << 14;

/// Both samples in whole numbers: D = |distance|·unit, where a row adds -per_row and one of the first sample per_first too.
struct Sizes {
  double first, second;
  std::int64_t per_first, per_row;
  double unit;

  Sizes(std::size_t n, std::size_t m) : first(static_cast<double>(n)), second(static_cast<double>(m)) {
    const std::size_t divisor = std::gcd(n, m);
    per_first = static_cast<std::int64_t>((n + m) / divisor);
    per_row = static_cast<std::int64_t>(n / divisor);
    unit = static_cast<double>(divisor) / (first * second);
  }
  /// √(nm/(n+m))
  double root() const { return std::sqrt(first / (first + second) * second); }
  double largest() const { return 1 / unit; }
};

struct RankedColumn {
  /// Numbers of the rows from the smallest value up, some with last_of_value.
  std::vector<std::uint32_t> rows;
  /// Turns a whole-numbered distance into λ.
  double scale = 0;
  /// Of the samples as they are.
  double distance = 0;
};

/// Standardizes the column and finds the distance of the samples as they are.
void measure(RankedColumn& column, const Sizes& sizes) {
  const double n = static_cast<double>(column.rows.size());
  double variance = 0;
  double seen = 0;
  std::int64_t distance = 0;
  std::int64_t largest = 0;
  for (const std::uint32_t marked : column.rows) {
    const bool of_first = static_cast<double>(marked & ~last_of_value) < sizes.first;
    distance += (of_first ? sizes.per_first : 0) - sizes.per_row;
    ++seen;
    if ((marked & last_of_value) == 0) continue;
    largest = std::max(largest, std::abs(distance));
    variance = std::max(variance, seen / n * ((n - seen) / n));
  }
  column.scale = variance > 0 ? sizes.root() * sizes.unit / (2 * std::sqrt(variance)) : 0;
  column.distance = static_cast<double>(largest);
}

/// Labels of some permutations: bit i of a row is set where permutation i has it in the first sample. Every choice of n rows is
/// as likely: row by row, the chance is that of the rows of the first sample among those that are left (Knuth's algorithm S).
Labels labels_of(std::size_t first_permutation, std::size_t count, std::size_t rows, std::size_t first_rows,
                 std::uint64_t seed, const JobControl& control) {
  Labels labels(rows);
  for (std::size_t lane = 0; lane < count; ++lane) {
    RandomStream random(seed, first_permutation + lane);
    auto left = static_cast<std::uint32_t>(first_rows);
    for (std::size_t row = 0; row < rows; ++row) {
      if (row % step == 0) control.check();
      const bool chosen = random.below(static_cast<std::uint32_t>(rows - row)) < left;
      labels[row] = static_cast<std::uint16_t>(labels[row] | (chosen ? 1U << lane : 0U));
      left -= chosen ? 1 : 0;
    }
  }
  return labels;
}

/// What a row adds to the distances of eight lanes, for every byte of labels: no lane is looked at alone.
template <class Count>
using Steps = std::array<std::array<Count, 8>, 256>;

template <class Count>
Steps<Count> steps_of(const Sizes& sizes) {
  Steps<Count> steps;
  for (std::size_t byte = 0; byte < steps.size(); ++byte) {
    for (std::size_t lane = 0; lane < 8; ++lane) {
      steps[byte][lane] = static_cast<Count>(((byte >> lane & 1U) != 0 ? sizes.per_first : 0) - sizes.per_row);
    }
  }
  return steps;
}

/// Largest distance of the column in every lane, in whole numbers that `Count` holds exactly.
template <class Count>
std::array<Count, lanes> distances_of(const RankedColumn& column, const Labels& labels, const Steps<Count>& steps,
                                      const JobControl& control) {
  std::array<Count, lanes> distance{};
  std::array<Count, lanes> largest{};
  const std::size_t rows = column.rows.size();
  for (std::size_t first = 0; first < rows; first += step) {
    control.check();
    for (std::size_t i = first; i < std::min(rows, first + step); ++i) {
      const std::uint32_t marked = column.rows[i];
      const unsigned label = labels[marked & ~last_of_value];
      const auto& lower = steps[label & 255U];
      const auto& upper = steps[label >> 8];
      for (std::size_t lane = 0; lane < 8; ++lane) distance[lane] += lower[lane];
      for (std::size_t lane = 0; lane < 8; ++lane) distance[8 + lane] += upper[lane];
      if ((marked & last_of_value) == 0) continue;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const Count size = distance[lane] < 0 ? -distance[lane] : distance[lane];
        largest[lane] = size > largest[lane] ? size : largest[lane];
      }
    }
  }
  return largest;
}

/// How many of the lanes reach the bound in some column.
template <class Count>
std::size_t lanes_that_reach(double bound, std::size_t count, std::span<const RankedColumn> columns,
                             const Labels& labels, const Sizes& sizes, const JobControl& control) {
  const auto steps = steps_of<Count>(sizes);
  std::array<bool, lanes> reached{};
  for (const RankedColumn& column : columns) {
    const auto distances = distances_of<Count>(column, labels, steps, control);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      reached[lane] |= static_cast<double>(distances[lane]) * column.scale >= bound;
    }
  }
  return static_cast<std::size_t>(std::count(reached.begin(), reached.begin() + static_cast<std::ptrdiff_t>(count), true));
}

}  // namespace

LargestDistance largest_distance(std::span<const std::vector<double>> columns, std::size_t first_rows,
                                 std::size_t permutations, std::uint64_t seed, const TileRunner& run_tiles,
                                 JobControl& control) {
  check_columns(columns, first_rows, permutations);
  const std::size_t rows = columns[0].size();
  const Sizes sizes(first_rows, rows - first_rows);
  std::vector<RankedColumn> sorted(columns.size());
  run_tiles(columns.size(), [&](std::size_t column) {
    sorted[column].rows = ranked_rows(columns[column], column, control);
    measure(sorted[column], sizes);
  });
  LargestDistance result;
  double largest = 0;
  for (const RankedColumn& column : sorted) {
    result.distances.push_back(column.distance * sizes.unit);
    result.standardized.push_back(column.distance * column.scale);
    largest = std::max(largest, result.standardized.back());
  }
  const std::size_t tiles = (permutations + lanes - 1) / lanes;
  const bool small = sizes.largest() < std::numeric_limits<std::int32_t>::max() / 2;
  std::atomic<std::size_t> reached{0};
  std::atomic<std::size_t> done{0};
  run_tiles(tiles, [&](std::size_t tile) {
    const std::size_t first = tile * lanes;
    const std::size_t count = std::min(lanes, permutations - first);
    const auto labels = labels_of(first, count, rows, first_rows, seed, control);
    reached += small ? lanes_that_reach<std::int32_t>(largest, count, sorted, labels, sizes, control)
                     : lanes_that_reach<double>(largest, count, sorted, labels, sizes, control);
    done += count;
    control.report({static_cast<double>(done), static_cast<double>(permutations), "permutations"});
  });
  result.reached = reached;
  return result;
}

}  // namespace caloscope
