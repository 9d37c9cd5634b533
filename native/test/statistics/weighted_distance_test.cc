#include "core/statistics/weighted_distance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

using Columns = std::vector<std::vector<double>>;

LargestDistance distance_of(const Columns& columns, const std::vector<double>& weights, std::size_t first_rows,
                            std::size_t draws, std::uint64_t seed = 1, unsigned threads = 1) {
  JobControl control;
  return weighted_largest_distance(columns, weights, first_rows, draws, seed, tiles_on(threads), control);
}

/// Rows that become, with their weights, those of one density: the first sample is drawn from it, the second is drawn from another,
/// with the ratio of both as weight, which a fifth of the rows has halved and negative, and the others by so much larger.
struct WeightedPair {
  Columns columns{{}, {}};
  std::vector<double> weights;
};

WeightedPair equal_pair(RandomStream& random, std::size_t n, std::size_t m) {
  WeightedPair pair;
  const auto add = [&](double x, double weight) {
    pair.columns[0].push_back(x);
    pair.columns[1].push_back(std::round(x + random.normal()));
    pair.weights.push_back(weight);
  };
  for (std::size_t row = 0; row < n; ++row) add(random.normal(), 1);
  for (std::size_t row = 0; row < m; ++row) {
    const double x = random.normal() + 0.5;
    add(x, (random.uniform() < 0.2 ? -0.5 : 1.375) * std::exp(-0.5 * x + 0.125));
  }
  return pair;
}

TEST(WeightedDistance, IsThatOfTheDefinition) {
  RandomStream random(3, 0);
  const auto [columns, weights] = equal_pair(random, 40, 50);
  const auto found = distance_of(columns, weights, 40, 1);
  double sum[2]{}, squares[2]{};
  for (std::size_t row = 0; row < weights.size(); ++row) {
    sum[row < 40] += weights[row];
    squares[row < 40] += weights[row] * weights[row];
  }
  const double sizes[] = {sum[0] * sum[0] / squares[0], sum[1] * sum[1] / squares[1]};
  for (std::size_t column = 0; column < 2; ++column) {
    double distance = 0, variance = 0;
    for (const double at : columns[column]) {
      double below[2]{};
      for (std::size_t row = 0; row < weights.size(); ++row) {
        if (columns[column][row] <= at) below[row < 40] += weights[row] / sum[row < 40];
      }
      distance = std::max(distance, std::abs(below[1] - below[0]));
      const double mean = (sizes[0] * below[0] + sizes[1] * below[1]) / (sizes[0] + sizes[1]);
      double scatter = 0;
      for (std::size_t row = 0; row < weights.size(); ++row) {
        scatter += std::pow(weights[row] / sum[row < 40] * ((columns[column][row] <= at ? 1 : 0) - mean), 2);
      }
      variance = std::max(variance, scatter);
    }
    EXPECT_NEAR(found.distances[column], distance, 1e-12);
    EXPECT_NEAR(found.standardized[column], distance / (2 * std::sqrt(variance)), 1e-12);
  }
}

TEST(WeightedDistance, HasAUniformPValueForSamplesThatAreEqualWithTheirWeights) {
  RandomStream random(5, 0);
  constexpr std::size_t pairs = 500, draws = 99;
  std::vector<double> p_values;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const auto [columns, weights] = equal_pair(random, 100, 150);
    p_values.push_back(static_cast<double>(1 + distance_of(columns, weights, 100, draws, pair).reached) / (draws + 1));
  }
  std::sort(p_values.begin(), p_values.end());
  double distance = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    if (i + 1 < pairs && p_values[i + 1] == p_values[i]) continue;
    distance = std::max(distance, std::abs(static_cast<double>(i + 1) / pairs - p_values[i]));
  }
  EXPECT_LT(distance * std::sqrt(pairs), 1.63);  // 1 % of Kolmogorov's distribution
}

TEST(WeightedDistance, SeesRowsThatDifferWithoutTheirWeights) {
  RandomStream random(6, 0);
  auto [columns, weights] = equal_pair(random, 1000, 1000);
  EXPECT_GT(distance_of(columns, weights, 1000, 99).reached, 2U);
  std::fill(weights.begin(), weights.end(), 1);
  EXPECT_EQ(distance_of(columns, weights, 1000, 99).reached, 0U);
}

TEST(WeightedDistance, DependsOnTheSeedAndNotOnTheThreads) {
  RandomStream random(7, 0);
  const auto [columns, weights] = equal_pair(random, 60, 60);
  const auto one = distance_of(columns, weights, 60, 200, 3, 1), three = distance_of(columns, weights, 60, 200, 3, 3);
  EXPECT_EQ(one.reached, three.reached);
  EXPECT_EQ(one.distances, three.distances);
}

TEST(WeightedDistance, OfAColumnOfOneValueIsNone) {
  const auto found = distance_of({{1, 1, 1, 1}}, {1, 2, 3, 4}, 2, 9);
  EXPECT_EQ(found.standardized[0], 0);
  EXPECT_EQ(found.reached, 9U);
}

TEST(WeightedDistance, RefusesWhatCannotBeCompared) {
  EXPECT_EQ(thrown_code([] { distance_of({{1, 2, 3}}, {1, 1}, 1, 9); }), ErrorCode::shape);
  EXPECT_EQ(thrown_code([] { distance_of({{1, 2, 3}}, {1, 1, -1}, 1, 9); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([] { distance_of({{1, 2}}, {1, 1}, 2, 9); }), ErrorCode::too_few_rows);
}

}  // namespace
}  // namespace caloscope
