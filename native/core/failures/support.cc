#include "core/failures/support.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "core/failures/neighbors.h"
#include "core/failures/sample_widths.h"
#include "core/run/error.h"
#include "core/run/random.h"
#include "core/training/shuffle.h"

namespace caloscope {
namespace {

constexpr std::size_t most_rows = 8'000;
/// Rows² × columns: some seconds of one thread.
constexpr double most_products = 2.5e9;
constexpr std::size_t most_neighbors = 100;
/// Random halves of both samples in which the share is counted again; a bit each in JudgedRows.
constexpr std::size_t halves = 32;
/// Neighbors that lists hold beyond those that count, so that enough of them are in a half, but for a chance of 10⁻³ of the own
/// (then the last one stands for it) and 10⁻⁵ of the others (then the row is outside).
constexpr std::size_t spare_neighbors = 16;
constexpr std::size_t most_farthest = 10;
/// Principal axes cost their cube.
constexpr std::size_t most_columns = 1000;

/// The rows that are judged, ascending, and the halves that they are in.
struct JudgedRows {
  std::vector<std::size_t> row;
  std::vector<std::uint32_t> half;  ///< bit h: in half h
  std::vector<double> numbers;
  std::size_t columns = 0;

  DoubleRows values() const { return {numbers, columns}; }
};

JudgedRows drawn_rows(std::size_t rows, std::size_t most, std::uint64_t seed, std::uint64_t sample) {
  const auto shuffled = [&](std::size_t count, std::uint64_t number) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    shuffle(order, RandomStream(seed, sample + 2 * number));
    return order;
  };
  JudgedRows judged;
  for (const auto row : shuffled(rows, 0)) judged.row.push_back(row);
  judged.row.resize(std::min(rows, most));
  std::sort(judged.row.begin(), judged.row.end());
  judged.half.resize(judged.row.size());
  for (std::size_t h = 0; h < halves; ++h) {
    const auto order = shuffled(judged.row.size(), 1 + h);
    for (std::size_t place = 0; place < order.size() / 2; ++place) judged.half[order[place]] |= 1U << h;
  }
  return judged;
}

/// The mean of the values that there are.
double mean_value(const std::vector<double>& column) {
  double sum = 0;
  std::size_t count = 0;
  for (const double value : column) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

/// The values of the judged rows, row by row.
std::vector<double> numbers_of(std::span<const std::vector<double>> columns, std::span<const double> means,
                               std::size_t first, const JudgedRows& rows) {
  std::vector<double> numbers;
  numbers.reserve(rows.row.size() * columns.size());
  for (const std::size_t row : rows.row) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double value = columns[c][first + row];
      numbers.push_back(std::isnan(value) ? means[c] : value);
    }
  }
  return numbers;
}

/// Chance that the `neighbors` nearest rows of all are of the own sample, if all orders are equally likely.
double chance_outside(std::size_t own, std::size_t other, std::size_t neighbors) {
  double chance = 1;
  for (std::size_t i = 1; i <= neighbors; ++i) {
    const auto left = static_cast<double>(own - i);
    chance *= left / (left + static_cast<double>(other));
  }
  return chance;
}

std::size_t neighbors_for(std::size_t own, std::size_t other) {
  const std::size_t most = std::min(most_neighbors, own - 1);
  std::size_t neighbors = 0;
  while (neighbors < most && (neighbors == 0 || chance_outside(own, other, neighbors) > false_outside_rate)) ++neighbors;
  return neighbors;
}

/// The lists of one row, and whether it is outside, of all or in a half of both samples.
struct RowLists {
  std::span<const Neighbor> own, other;
  std::size_t neighbors;

  bool is_outside() const { return other.front().square > own[neighbors - 1].square; }

  bool is_outside_in(std::size_t h, const JudgedRows& own_rows, const JudgedRows& other_rows) const {
    std::size_t left = neighbors;
    float limit = own.back().square;
    for (const auto& [square, row] : own) {
      if (!is_in(own_rows, row, h) || --left > 0) continue;
      limit = square;
      break;
    }
    for (const auto& [square, row] : other) {
      if (is_in(other_rows, row, h)) return square > limit;
    }
    return true;
  }

  static bool is_in(const JudgedRows& rows, std::size_t row, std::size_t h) { return ((rows.half[row] >> h) & 1U) != 0; }
};

/// Standard deviation of the shares in halves: with half of the rows left out, that of the share in all.
double deviation(const std::array<double, halves>& shares) {
  const double mean = std::accumulate(shares.begin(), shares.end(), 0.0) / halves;
  double sum = 0;
  for (const double share : shares) sum += (share - mean) * (share - mean);
  return std::sqrt(sum / (halves - 1));
}

/// The farthest first, in units of the distance to the own neighbors.
bool is_farther(const OutsideRow& a, const OutsideRow& b) {
  const double first = a.distance * b.own_distance, second = b.distance * a.own_distance;
  return first != second ? first > second : a.row < b.row;
}

SampleSupport judge(const JudgedRows& own, const JudgedRows& other, const TileRunner& run_tiles, const JobControl& control) {
  SampleSupport found;
  found.judged = own.row.size();
  if (own.row.size() < 2) return found;
  found.neighbors = neighbors_for(own.row.size(), other.row.size());
  found.expected_share = chance_outside(own.row.size(), other.row.size(), found.neighbors);
  const SampleWidths widths(other.values(), own.values(), run_tiles, control);
  found.directions = widths.directions();
  if (found.directions == 0) return found;  // all rows of both samples are equal
  if (other.row.size() < 2 * found.directions) {
    // In directions that the rows of the other sample hardly span, equal rows would be many widths away.
    found.neighbors = 0;
    found.expected_share = 0;
    return found;
  }
  const auto own_numbers = widths.apply(own.values(), run_tiles, control);
  const auto other_numbers = widths.apply(other.values(), run_tiles, control);
  const FloatRows own_points{own_numbers, own.row.size(), found.directions};
  const FloatRows other_points{other_numbers, other.row.size(), found.directions};
  const std::size_t listed = 2 * found.neighbors + spare_neighbors;
  const auto own_lists = nearest_neighbors(own_points, own_points, listed, run_tiles, control);
  const auto other_lists = nearest_neighbors(own_points, other_points, spare_neighbors, run_tiles, control);
  std::array<double, halves> outside{};
  for (std::size_t i = 0; i < own.row.size(); ++i) {
    const RowLists lists{own_lists.of(i), other_lists.of(i), found.neighbors};
    for (std::size_t h = 0; h < halves; ++h) {
      if (RowLists::is_in(own, i, h) && lists.is_outside_in(h, own, other)) ++outside[h];
    }
    if (!lists.is_outside()) continue;
    ++found.outside;
    found.farthest.push_back({own.row[i], std::sqrt(double{lists.other.front().square}),
                              std::sqrt(double{lists.own[found.neighbors - 1].square})});
  }
  for (double& share : outside) share /= static_cast<double>(own.row.size() / 2);
  found.standard_error = deviation(outside);
  std::sort(found.farthest.begin(), found.farthest.end(), is_farther);
  if (found.farthest.size() > most_farthest) found.farthest.resize(most_farthest);
  return found;
}

}  // namespace

std::size_t support_rows(std::size_t columns) {
  const double affordable = std::sqrt(most_products / static_cast<double>(std::max<std::size_t>(columns, 1)));
  return std::min(most_rows, static_cast<std::size_t>(affordable));
}

SupportOverlap support_overlap(std::span<const std::vector<double>> columns, std::size_t reference, std::uint64_t seed,
                               const TileRunner& run_tiles, const JobControl& control) {
  if (columns.empty() || columns.size() > most_columns) {
    throw Error(ErrorCode::shape, "support is judged in 1 to " + std::to_string(most_columns) + " columns");
  }
  const std::size_t rows = columns.front().size();
  for (const auto& column : columns) {
    if (column.size() != rows) throw Error(ErrorCode::shape, "every column must have one number a row");
  }
  if (reference == 0 || reference >= rows) throw Error(ErrorCode::too_few_rows, "a sample has no rows to judge");
  const std::size_t most = support_rows(columns.size());
  auto of_reference = drawn_rows(reference, most, seed, 0);
  auto of_generated = drawn_rows(rows - reference, most, seed, 1);
  std::vector<double> means;
  for (const auto& column : columns) means.push_back(mean_value(column));
  of_reference.numbers = numbers_of(columns, means, 0, of_reference);
  of_generated.numbers = numbers_of(columns, means, reference, of_generated);
  of_reference.columns = of_generated.columns = columns.size();
  return {judge(of_reference, of_generated, run_tiles, control), judge(of_generated, of_reference, run_tiles, control)};
}

}  // namespace caloscope
