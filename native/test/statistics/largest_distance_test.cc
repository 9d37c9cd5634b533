#include "core/statistics/largest_distance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

using Columns = std::vector<std::vector<double>>;

LargestDistance distance_of(const Columns& columns, std::size_t first_rows, std::size_t permutations,
                            std::uint64_t seed = 1, unsigned threads = 1) {
  JobControl control;
  return largest_distance(columns, first_rows, permutations, seed, tiles_on(threads), control);
}

/// λ by its definition: both distribution functions at every value of the pooled rows.
double slow_lambda(const std::vector<double>& column, const std::vector<bool>& first) {
  const double n = static_cast<double>(std::count(first.begin(), first.end(), true));
  const double m = static_cast<double>(first.size()) - n;
  double distance = 0;
  double variance = 0;
  for (const double at : column) {
    double below[2]{};
    for (std::size_t row = 0; row < column.size(); ++row) below[first[row] ? 0 : 1] += column[row] <= at ? 1 : 0;
    const double pooled = (below[0] + below[1]) / (n + m);
    distance = std::max(distance, std::abs(below[0] / n - below[1] / m));
    variance = std::max(variance, pooled * (1 - pooled));
  }
  return variance > 0 ? std::sqrt(n * m / (n + m)) * distance / (2 * std::sqrt(variance)) : 0;
}

double slow_largest(const Columns& columns, const std::vector<bool>& first) {
  double largest = 0;
  for (const auto& column : columns) largest = std::max(largest, slow_lambda(column, first));
  return largest;
}

std::vector<bool> first_of(std::size_t n, std::size_t rows) {
  std::vector<bool> first(rows);
  std::fill_n(first.begin(), n, true);
  return first;
}

/// Independent normal numbers, of some columns only a few different values.
Columns random_columns(RandomStream& random, std::size_t count, std::size_t n, std::size_t rows, double shift) {
  Columns columns(count);
  for (std::size_t column = 0; column < count; ++column) {
    for (std::size_t row = 0; row < rows; ++row) {
      const double value = random.normal() + (row < n && column == 0 ? shift : 0);
      columns[column].push_back(column % 3 == 2 ? std::round(value) : value);
    }
  }
  return columns;
}

TEST(LargestDistance, IsThatOfTheDefinitionInEveryColumn) {
  RandomStream random(3, 0);
  for (const auto& [n, m] : {std::pair<std::size_t, std::size_t>{1, 1}, {7, 40}, {60, 45}, {64, 64}}) {
    Columns columns = random_columns(random, 6, n, n + m, 0.4);
    columns.push_back(std::vector<double>(n + m, 5));
    columns[0][0] = std::numeric_limits<double>::infinity();
    columns[1][n + m - 1] = -0.0;
    const auto found = distance_of(columns, n, 1);
    const double root = std::sqrt(static_cast<double>(n * m) / static_cast<double>(n + m));
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const double lambda = slow_lambda(columns[column], first_of(n, n + m));
      EXPECT_NEAR(found.standardized[column], lambda, 1e-12);
      if (column % 3 == 2 || (n + m) % 2 != 0) continue;
      EXPECT_NEAR(found.distances[column] * root, lambda, 1e-12);
    }
    EXPECT_EQ(found.distances.back(), 0);
  }
}

TEST(LargestDistance, ReachesTheObservedAsOftenAsAllLabellingsDo) {
  RandomStream random(4, 0);
  constexpr std::size_t n = 5;
  constexpr std::size_t rows = 11;
  constexpr std::size_t permutations = 20000;
  for (const double shift : {0.0, 1.0, 2.0}) {
    const Columns columns = random_columns(random, 3, n, rows, shift);
    const double observed = slow_largest(columns, first_of(n, rows));
    double all = 0;
    double reached = 0;
    for (std::uint32_t chosen = 0; chosen < (1U << rows); ++chosen) {
      if (std::popcount(chosen) != n) continue;
      std::vector<bool> first(rows);
      for (std::size_t row = 0; row < rows; ++row) first[row] = (chosen >> row & 1U) != 0;
      ++all;
      reached += slow_largest(columns, first) >= observed - 1e-9 ? 1 : 0;
    }
    EXPECT_EQ(all, 462);
    const double share = reached / all;
    const double found = static_cast<double>(distance_of(columns, n, permutations).reached) / permutations;
    EXPECT_NEAR(found, share, 4 * std::sqrt(share * (1 - share) / permutations) + 1e-9);
  }
}

TEST(LargestDistance, HasAUniformPValueForEqualSamples) {
  RandomStream random(5, 0);
  constexpr std::size_t pairs = 600;
  constexpr std::size_t permutations = 99;
  std::vector<double> p_values;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const Columns columns = random_columns(random, 5, 30, 70, 0);
    const auto found = distance_of(columns, 30, permutations, pair);
    p_values.push_back(static_cast<double>(1 + found.reached) / (permutations + 1));
  }
  std::sort(p_values.begin(), p_values.end());
  // A p-value is one of 0.01, 0.02, …; its distribution function there is that of the uniform one.
  double distance = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    if (i + 1 < pairs && p_values[i + 1] == p_values[i]) continue;
    distance = std::max(distance, std::abs(static_cast<double>(i + 1) / pairs - p_values[i]));
  }
  EXPECT_LT(distance * std::sqrt(pairs), 1.63);  // 1 % of Kolmogorov's distribution
}

TEST(LargestDistance, DependsOnTheSeedAndNotOnTheThreads) {
  RandomStream random(6, 0);
  const Columns columns = random_columns(random, 9, 300, 700, 0.05);
  const auto one = distance_of(columns, 300, 250, 7, 1);
  EXPECT_GT(one.reached, 5U);
  for (const unsigned threads : {2U, 5U}) {
    const auto several = distance_of(columns, 300, 250, 7, threads);
    EXPECT_EQ(several.reached, one.reached);
    EXPECT_EQ(several.standardized, one.standardized);
  }
  EXPECT_NE(distance_of(columns, 300, 250, 8).reached, one.reached);
}

TEST(LargestDistance, CountsLargeSamplesExactly) {
  // n·m is beyond 32 bits; the values are 0 and 1, so that λ is that of two shares.
  constexpr std::size_t n = 70001;
  constexpr std::size_t m = 69999;
  std::vector<double> column(n + m);
  for (std::size_t row = 0; row < column.size(); ++row) column[row] = row % 100 == 0 ? 1 : 0;
  const auto found = distance_of({column}, n, 160);
  const double share = 1400.0 / (n + m);
  const double distance = std::abs(701.0 / n - 699.0 / m);
  EXPECT_NEAR(found.distances[0], distance, 1e-15);
  const double z = distance / std::sqrt(share * (1 - share) * (1.0 / n + 1.0 / m));
  EXPECT_NEAR(found.standardized[0], z / 2, 1e-12);
  const double tail = std::erfc(z / std::sqrt(2));
  EXPECT_NEAR(static_cast<double>(found.reached) / 160, tail, 4 * std::sqrt(0.25 / 160) + 0.02);
}

TEST(LargestDistance, RefusesWhatCannotBeCompared) {
  const auto code_of = [](const Columns& columns, std::size_t first, std::size_t permutations) {
    return thrown_code([&] { distance_of(columns, first, permutations); });
  };
  EXPECT_EQ(code_of({}, 1, 9), ErrorCode::shape);
  EXPECT_EQ(code_of({{1, 2}, {1, 2, 3}}, 1, 9), ErrorCode::shape);
  EXPECT_EQ(code_of({{1, 2}}, 0, 9), ErrorCode::too_few_rows);
  EXPECT_EQ(code_of({{1, 2}}, 2, 9), ErrorCode::too_few_rows);
  EXPECT_EQ(code_of({{1, 2}}, 1, 0), ErrorCode::argument);
  EXPECT_EQ(code_of({{1, std::nan("")}}, 1, 9), ErrorCode::non_finite);
}

TEST(LargestDistance, StopsSoonAndReportsWhatIsDone) {
  RandomStream random(8, 0);
  const Columns columns = random_columns(random, 4, 500, 1000, 0);
  double last = 0;
  JobControl counting([&](const Progress& progress) {
    EXPECT_GE(progress.done, last);
    EXPECT_EQ(progress.total, 99);
    last = progress.done;
  });
  largest_distance(columns, 500, 99, 1, tiles_on(2), counting);
  EXPECT_EQ(last, 99);
  JobControl stopped;
  stopped.cancel();
  EXPECT_EQ(thrown_code([&] { largest_distance(columns, 500, 99, 1, tiles_on(2), stopped); }), ErrorCode::cancelled);
}

}  // namespace
}  // namespace caloscope
