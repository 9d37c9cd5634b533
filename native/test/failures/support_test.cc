#include "core/failures/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/failures/neighbors.h"
#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

using Columns = std::vector<std::vector<double>>;

/// Normal columns; of the generated rows (the later ones) a share lies `distance` away in the first column.
Columns normal_columns(std::size_t columns, std::size_t reference, std::size_t generated, double share, double distance,
                       std::uint64_t seed) {
  RandomStream random(seed, 7);
  Columns all(columns);
  for (auto& column : all) {
    for (std::size_t row = 0; row < reference + generated; ++row) column.push_back(random.normal());
  }
  const auto moved = static_cast<std::size_t>(share * static_cast<double>(generated));
  for (std::size_t row = 0; row < moved; ++row) all[0][reference + row] += distance;
  return all;
}

SupportOverlap overlap(const Columns& columns, std::size_t reference, unsigned threads = 1, std::uint64_t seed = 3) {
  return support_overlap(columns, reference, seed, tiles_on(threads), JobControl{});
}

double share_of(const SampleSupport& sample) {
  return static_cast<double>(sample.outside) / static_cast<double>(sample.judged);
}

TEST(Neighbors, AreThoseOfASlowSearch) {
  RandomStream random(1, 0);
  constexpr std::size_t rows = 700, queries = 130, dimensions = 5, each = 9;
  std::vector<float> numbers, asked;
  for (std::size_t i = 0; i < rows * dimensions; ++i) numbers.push_back(static_cast<float>(std::round(4 * random.normal())));
  for (std::size_t i = 0; i < queries * dimensions; ++i) asked.push_back(static_cast<float>(std::round(4 * random.normal())));
  const FloatRows all{numbers, rows, dimensions};
  for (const FloatRows& from : {FloatRows{asked, queries, dimensions}, all}) {
    const auto found = nearest_neighbors(from, all, each, tiles_on(2), JobControl{});
    const bool same = from.numbers.data() == all.numbers.data();
    for (std::size_t q = 0; q < from.rows; ++q) {
      std::vector<std::pair<double, std::size_t>> slow;
      for (std::size_t row = 0; row < rows; ++row) {
        if (same && row == q) continue;
        double square = 0;
        for (std::size_t d = 0; d < dimensions; ++d) {
          square += std::pow(double{from.numbers[q * dimensions + d]} - numbers[row * dimensions + d], 2);
        }
        slow.emplace_back(square, row);
      }
      std::sort(slow.begin(), slow.end());
      for (std::size_t i = 0; i < each; ++i) {
        ASSERT_EQ(found.of(q)[i].row, slow[i].second);
        ASSERT_EQ(double{found.of(q)[i].square}, slow[i].first);
      }
    }
  }
}

TEST(Neighbors, AreFewerWhereThereAreFewer) {
  const std::vector<float> numbers{0, 1, 3};
  const FloatRows rows{numbers, 3, 1};
  const auto found = nearest_neighbors(rows, rows, 5, tiles_on(1), JobControl{});
  ASSERT_EQ(found.each, 2U);
  EXPECT_EQ(found.of(1)[0].row, 0U);
  EXPECT_EQ(found.of(1)[1].row, 2U);
  EXPECT_EQ(thrown_code([&] { nearest_neighbors(rows, {numbers, 1, 3}, 1, tiles_on(1), JobControl{}); }), ErrorCode::shape);
}

TEST(Support, OfEqualSamplesIsTheStatedShare) {
  std::size_t outside = 0, judged = 0;
  double expected = 0;
  for (std::uint64_t trial = 0; trial < 40; ++trial) {
    const auto found = overlap(normal_columns(4, 500, 300, 0, 0, 100 + trial), 500);
    for (const auto& sample : {found.reference, found.generated}) {
      EXPECT_LE(sample.expected_share, false_outside_rate);
      outside += sample.outside;
      judged += sample.judged;
      expected += sample.expected_share * static_cast<double>(sample.judged);
    }
    EXPECT_GT(found.reference.neighbors, found.generated.neighbors);
  }
  EXPECT_EQ(judged, 40U * 800);
  // Rows that are near each other are outside together: three times the error of independent ones.
  EXPECT_NEAR(static_cast<double>(outside), expected, 3 * 2 * std::sqrt(expected));
  EXPECT_GT(outside, 0U);
}

TEST(Support, FindsTheShareThatIsElsewhere) {
  // A gap in one column of many.
  const auto found = overlap(normal_columns(41, 800, 1000, 0.4, 10, 5), 800);
  EXPECT_EQ(found.generated.directions, 41U);
  EXPECT_NEAR(share_of(found.generated), 0.4, 0.01);
  EXPECT_NEAR(share_of(found.reference), 0, 0.005);
  EXPECT_NEAR(found.generated.standard_error, std::sqrt(0.4 * 0.6 / 1000), 0.006);
  ASSERT_EQ(found.generated.farthest.size(), 10U);
  for (const auto& row : found.generated.farthest) {
    EXPECT_LT(row.row, 400U);
    EXPECT_GT(row.distance, row.own_distance);
  }
}

TEST(Support, OfDisjointSamplesIsNone) {
  const auto found = overlap(normal_columns(3, 400, 400, 1, 100, 6), 400);
  EXPECT_EQ(share_of(found.reference), 1);
  EXPECT_EQ(share_of(found.generated), 1);
  EXPECT_EQ(found.reference.standard_error, 0);
}

TEST(Support, DoesNotDependOnThreadsAndTakesAPartOfManyRows) {
  const auto columns = normal_columns(3, 12'000, 900, 0.2, 20, 8);
  const auto one = overlap(columns, 12'000), three = overlap(columns, 12'000, 3);
  EXPECT_EQ(one.reference.judged, support_rows(3));
  EXPECT_EQ(one.generated.judged, 900U);
  EXPECT_EQ(one.generated.outside, three.generated.outside);
  EXPECT_EQ(one.generated.standard_error, three.generated.standard_error);
  EXPECT_EQ(one.reference.outside, three.reference.outside);
  EXPECT_NEAR(share_of(one.generated), 0.2, 0.02);
  EXPECT_LT(support_rows(1000), support_rows(10));
}

TEST(Support, IsNotJudgedWhereRowsHardlySpanTheColumns) {
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const auto few = overlap(normal_columns(38, 20, 75, 0, 0, trial), 20);
    EXPECT_EQ(few.reference.neighbors + few.generated.neighbors, 0U);
    EXPECT_EQ(few.reference.outside + few.generated.outside, 0U);
    const auto enough = overlap(normal_columns(38, 76, 80, 0, 0, trial), 76);
    EXPECT_GT(enough.reference.neighbors, 0U);
    EXPECT_GT(enough.generated.neighbors, 0U);
    EXPECT_LE(share_of(enough.reference) + share_of(enough.generated), 0.1);
  }
}

TEST(Support, TakesWhatIsOdd) {
  // Copies: nobody is farther than another.
  EXPECT_EQ(overlap({std::vector<double>(60, 2.5)}, 30).generated.outside, 0U);
  EXPECT_EQ(overlap({std::vector<double>(4, 2.5)}, 3).reference.outside, 0U);
  // Rows without a value, and a column without any.
  auto columns = normal_columns(2, 100, 100, 0, 0, 9);
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  columns[0][3] = columns[1][150] = none;
  columns.push_back(std::vector<double>(200, none));
  EXPECT_EQ(overlap(columns, 100).reference.directions, 2U);
  // Too few to judge.
  EXPECT_EQ(overlap({{1, 2, 3}}, 1).reference.neighbors, 0U);
  EXPECT_EQ(overlap({{1, 2, 3}}, 1).generated.neighbors, 0U);
  EXPECT_EQ(overlap({{1, 4, 2, 3}}, 2).generated.neighbors, 1U);
  EXPECT_EQ(thrown_code([] { overlap({{1, 2}}, 2); }), ErrorCode::too_few_rows);
  EXPECT_EQ(thrown_code([] { overlap({{1, 2}, {1}}, 1); }), ErrorCode::shape);
  EXPECT_EQ(thrown_code([] { overlap({{1, std::numeric_limits<double>::infinity(), 2}}, 1); }), ErrorCode::non_finite);
}

}  // namespace
}  // namespace caloscope
