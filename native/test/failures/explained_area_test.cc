#include "core/failures/explained_area.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/run/random.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

/// Normal columns of both samples, those of the reference shifted, with the exact ln w.
struct Gaussians {
  std::vector<std::vector<double>> columns;
  std::vector<double> scores;
  std::size_t reference;

  Gaussians(std::size_t n, const std::vector<double>& shifts, std::uint64_t seed)
      : columns(shifts.size(), std::vector<double>(2 * n)), scores(2 * n), reference(n) {
    RandomStream random(seed, 0);
    for (std::size_t row = 0; row < 2 * n; ++row) {
      for (std::size_t column = 0; column < shifts.size(); ++column) {
        const double shift = shifts[column];
        const double value = random.normal() + (row < n ? shift : 0);
        columns[column][row] = value;
        scores[row] += shift * value - shift * shift / 2;
      }
    }
  }

  struct Found {
    double area;
    std::vector<ExplainedArea> alone, in_turn;
  };
  Found explained(const std::vector<std::size_t>& candidates, unsigned threads = 1) const {
    std::vector<ColumnBins> bins;
    for (const auto& column : columns) bins.push_back(binned(column, ColumnBins::most_bins - 1, JobControl{}));
    const ScoredRows rows{scores, reference};
    const JobControl control;
    const auto order = explaining_columns(bins, candidates, rows, tiles_on(threads), control);
    return {area_of_scores(rows, control), explained_alone(bins, rows, tiles_on(threads), control),
            explained_in_order(bins, order, rows, control)};
  }
};

double area_of_shift(double shift) { return 0.5 * std::erfc(-shift / 2); }

TEST(ExplainedAreas, AreThoseOfIndependentGaussians) {
  const Gaussians samples(50'000, {0.8, 0.4, 0}, 11);
  const auto found = samples.explained({0, 1, 2}, 2);
  const double whole = area_of_shift(std::sqrt(0.8));
  EXPECT_NEAR(found.area, whole, 0.006);
  // Rows alike in the first column are told apart by the second alone; a bin is not quite one value.
  EXPECT_NEAR(found.alone[0].left, area_of_shift(0.4), 0.008);
  EXPECT_NEAR(found.alone[1].left, area_of_shift(0.8), 0.008);
  EXPECT_NEAR(found.alone[2].left, whole, 0.006);
  EXPECT_NEAR(found.alone[2].share, 0, 0.01);
  ASSERT_EQ(found.in_turn.size(), 2U);
  EXPECT_EQ(found.in_turn[0].column, 0U);
  EXPECT_EQ(found.in_turn[1].column, 1U);
  // Within a bin of 1/63 of the rows a column still tells a little.
  EXPECT_NEAR(found.in_turn[0].share + found.in_turn[1].share, 1, 0.05);
}

TEST(ExplainedAreas, OfAPlainReimplementation) {
  const Gaussians samples(300, {1, 0.5}, 12);
  const auto found = samples.explained({0, 1});
  const auto bins = binned(samples.columns[0], ColumnBins::most_bins - 1, JobControl{});
  double area = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    double won = 0, pairs = 0;
    for (std::size_t j = 300; j < 600; ++j) {
      if (bins.bins[i] != bins.bins[j]) continue;
      won += samples.scores[i] > samples.scores[j] ? 1 : samples.scores[i] == samples.scores[j] ? 0.5 : 0;
      ++pairs;
    }
    area += (pairs > 0 ? won / pairs : 0.5) / 300;
  }
  // Cells of the scores make a few rows equal.
  EXPECT_NEAR(found.alone[0].left, area, 0.004);
}

TEST(ExplainedAreas, HaveErrorsOfTheSizeOfTheirScatter) {
  double sum = 0, squares = 0, error = 0;
  constexpr int trials = 40;
  for (int trial = 0; trial < trials; ++trial) {
    const auto one = Gaussians(1000, {0.8, 0.6}, 100 + static_cast<std::uint64_t>(trial)).explained({0, 1}).alone[0];
    sum += one.share / trials;
    squares += one.share * one.share / trials;
    error += one.error / trials;
  }
  const double scatter = std::sqrt(squares - sum * sum);
  // The scatter of 40 is known to a ninth.
  EXPECT_NEAR(error / scatter, 1, 0.34);
}

TEST(ExplainedAreas, CountWhatOneSampleLacksAsExplained) {
  // One column tells all: no value is in both samples.
  Gaussians samples(500, {0, 0}, 13);
  for (std::size_t row = 0; row < 1000; ++row) {
    samples.columns[0][row] += row < 500 ? 100 : 0;
    samples.scores[row] = row < 500 ? 5 : -5;
  }
  const auto found = samples.explained({0, 1});
  EXPECT_EQ(found.area, 1);
  EXPECT_NEAR(found.alone[0].share, 1, 0.05);
  EXPECT_NEAR(found.alone[1].share, 0, 1e-9);
  ASSERT_EQ(found.in_turn.size(), 1U);
}

TEST(ExplainedAreas, AreNothingForScoresThatAreAllEqual) {
  Gaussians samples(100, {1}, 14);
  std::fill(samples.scores.begin(), samples.scores.end(), 0.3);
  const auto found = samples.explained({0});
  EXPECT_EQ(found.area, 0.5);
  EXPECT_EQ(found.alone[0].share, 0);
  EXPECT_TRUE(found.in_turn.empty());
}

TEST(ExplainedAreas, DoNotDependOnThreads) {
  const Gaussians samples(3000, {0.5, 0.3, 0.2, 0}, 15);
  const auto one = samples.explained({0, 1, 2, 3}, 1), three = samples.explained({0, 1, 2, 3}, 3);
  ASSERT_EQ(one.in_turn.size(), three.in_turn.size());
  for (std::size_t i = 0; i < one.in_turn.size(); ++i) {
    EXPECT_EQ(one.in_turn[i].column, three.in_turn[i].column);
    EXPECT_EQ(one.in_turn[i].share, three.in_turn[i].share);
  }
}

}  // namespace
}  // namespace caloscope
