#include "core/statistics/weighted_distance.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>
#include <string>

#include "core/run/error.h"
#include "core/run/random.h"
#include "core/statistics/ranked_rows.h"

namespace caloscope {
namespace {

/// Draws that walk through a column together.
constexpr std::size_t lanes = 16;
/// Rows between two questions to the job.
constexpr std::size_t step = std::size_t{1} << 14;
using Lanes = std::array<double, lanes>;

struct WeightedColumn {
  std::vector<std::uint32_t> rows;
  std::vector<double> below;  ///< H up to each of the rows
  double distance = 0;
  double scale = 0;  ///< 1/(2s); 0 for a column of one value
};

/// c_i of every row: what it adds to the difference of the distribution functions.
std::vector<double> steps_of(std::span<const double> weights, std::size_t first_rows) {
  std::vector<double> steps(weights.begin(), weights.end());
  const auto scale = [](std::span<double> sample, double sign) {
    const double sum = std::accumulate(sample.begin(), sample.end(), 0.0);
    if (!(sum > 0 && std::isfinite(sum))) {
      throw Error(ErrorCode::argument, "the weights of a sample must have a sum above 0");
    }
    for (double& weight : sample) weight *= sign / sum;
  };
  scale(std::span(steps).first(first_rows), 1);
  scale(std::span(steps).subspan(first_rows), -1);
  return steps;
}

WeightedColumn measured(const std::vector<double>& values, std::size_t number, std::span<const double> steps,
                        std::size_t first_rows, const JobControl& control) {
  WeightedColumn column{ranked_rows(values, number, control), {}, 0, 0};
  column.below.reserve(values.size());
  double squares_of[2] = {0, 0};
  for (std::size_t row = 0; row < steps.size(); ++row) squares_of[row < first_rows] += steps[row] * steps[row];
  const double all = squares_of[0] + squares_of[1];
  // Effective sizes are the inverses of these sums.
  const double share_of_first = squares_of[0] / all;
  double difference = 0, mean = 0, squares = 0, variance = 0;
  for (const std::uint32_t marked : column.rows) {
    const std::uint32_t row = marked & ~last_of_value;
    const double c = steps[row];
    difference += c;
    mean += row < first_rows ? share_of_first * c : (share_of_first - 1) * c;
    squares += c * c;
    column.below.push_back(mean);
    if ((marked & last_of_value) == 0) continue;
    column.distance = std::max(column.distance, std::fabs(difference));
    variance = std::max(variance, squares * (1 - 2 * mean) + all * mean * mean);
  }
  const bool one_value = (column.rows.front() & last_of_value) == 0 &&
                         std::ranges::count_if(column.rows, [](auto row) { return (row & last_of_value) != 0; }) == 1;
  if (!one_value && variance > 0) column.scale = 1 / (2 * std::sqrt(variance));
  return column;
}

/// Signs of the rows in some draws, one bit each, and Σ ± c of each draw.
struct Signs {
  std::vector<std::uint16_t> of_row;
  Lanes sum{};
};

Signs signs_of(std::size_t first_draw, std::size_t count, std::span<const double> steps, std::uint64_t seed,
               const JobControl& control) {
  Signs signs{std::vector<std::uint16_t>(steps.size()), {}};
  for (std::size_t lane = 0; lane < count; ++lane) {
    RandomStream random(seed, first_draw + lane);
    std::uint32_t bits = 0;
    for (std::size_t row = 0; row < steps.size(); ++row) {
      if (row % step == 0) control.check();
      if (row % 32 == 0) bits = random.next();
      const bool plus = (bits >> row % 32 & 1U) != 0;
      signs.of_row[row] = static_cast<std::uint16_t>(signs.of_row[row] | (plus ? 1U << lane : 0U));
      signs.sum[lane] += plus ? steps[row] : -steps[row];
    }
  }
  return signs;
}

/// Largest distance of the column in every draw.
Lanes distances_of(const WeightedColumn& column, std::span<const double> steps, const Signs& signs,
                   const JobControl& control) {
  Lanes sum{}, largest{};
  for (std::size_t i = 0; i < column.rows.size(); ++i) {
    if (i % step == 0) control.check();
    const std::uint32_t row = column.rows[i] & ~last_of_value;
    const unsigned plus = signs.of_row[row];
    const double c = steps[row];
    for (std::size_t lane = 0; lane < lanes; ++lane) sum[lane] += (plus >> lane & 1U) != 0 ? c : -c;
    if ((column.rows[i] & last_of_value) == 0) continue;
    const double below = column.below[i];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      largest[lane] = std::max(largest[lane], std::fabs(sum[lane] - below * signs.sum[lane]));
    }
  }
  return largest;
}

}  // namespace

LargestDistance weighted_largest_distance(std::span<const std::vector<double>> columns, std::span<const double> weights,
                                          std::size_t first_rows, std::size_t draws, std::uint64_t seed,
                                          const TileRunner& run_tiles, JobControl& control) {
  check_columns(columns, first_rows, draws);
  if (weights.size() != columns[0].size()) throw Error(ErrorCode::shape, "there is not one weight a row");
  const std::vector<double> steps = steps_of(weights, first_rows);
  std::vector<WeightedColumn> sorted(columns.size());
  run_tiles(columns.size(), [&](std::size_t column) {
    sorted[column] = measured(columns[column], column, steps, first_rows, control);
  });
  LargestDistance result;
  double largest = 0;
  for (const WeightedColumn& column : sorted) {
    result.distances.push_back(column.distance);
    result.standardized.push_back(column.distance * column.scale);
    largest = std::max(largest, result.standardized.back());
  }
  std::atomic<std::size_t> reached{0}, done{0};
  run_tiles((draws + lanes - 1) / lanes, [&](std::size_t tile) {
    const std::size_t first = tile * lanes;
    const std::size_t count = std::min(lanes, draws - first);
    const Signs signs = signs_of(first, count, steps, seed, control);
    std::array<bool, lanes> reaches{};
    for (const WeightedColumn& column : sorted) {
      const Lanes distances = distances_of(column, steps, signs, control);
      for (std::size_t lane = 0; lane < lanes; ++lane) reaches[lane] |= distances[lane] * column.scale >= largest;
    }
    reached += static_cast<std::size_t>(
        std::count(reaches.begin(), reaches.begin() + static_cast<std::ptrdiff_t>(count), true));
    done += count;
    control.report({static_cast<double>(done), static_cast<double>(draws), "signs of rows"});
  });
  result.reached = reached;
  return result;
}

}  // namespace caloscope
