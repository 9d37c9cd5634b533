#include "core/failures/failures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

using Columns = std::vector<std::vector<double>>;

Failures failures_of(const Columns& columns, std::size_t reference, unsigned threads = 1) {
  const std::vector<double> scores(columns[0].size());
  std::vector<std::size_t> candidates(columns.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i] = i;
  return find_failures(columns, candidates, {scores, reference}, 7, tiles_on(threads), JobControl{});
}

/// Uniform columns; of the reference, `share` of the rows lie in the box x < 0.3, y > 0.6 and are not generated there.
Columns with_hole(std::size_t n, std::uint64_t seed) {
  RandomStream random(seed, 0);
  Columns columns(4, std::vector<double>(2 * n));
  for (std::size_t row = 0; row < 2 * n; ++row) {
    do {
      for (auto& column : columns) column[row] = random.uniform();
    } while (row >= n && columns[0][row] < 0.3 && columns[1][row] > 0.6 && random.uniform() < 0.8);
  }
  return columns;
}

TEST(Failures, FindTheBoxThatIsMissing) {
  const std::size_t n = 20'000;
  const auto columns = with_hole(n, 21);
  const auto found = failures_of(columns, n, 2);
  ASSERT_FALSE(found.boxes.empty());
  const auto& box = found.boxes[0];
  ASSERT_EQ(box.conditions.size(), 2U);
  for (const auto& condition : box.conditions) {
    ASSERT_LT(condition.column, 2U);
    const auto& edges = found.columns[condition.column].edges;
    if (condition.column == 0) {
      EXPECT_EQ(condition.range.first, 0U);
      EXPECT_NEAR(edges[condition.range.last - 1], 0.3, 0.03);
    } else {
      EXPECT_NEAR(edges[condition.range.first - 1], 0.6, 0.03);
    }
  }
  // The exact factor: a fifth of 12 % is generated, out of 90.4 %.
  const double factor = static_cast<double>(box.measured.reference) / static_cast<double>(found.measuring.reference) *
                        static_cast<double>(found.measuring.generated) / static_cast<double>(box.measured.generated);
  EXPECT_NEAR(std::log(factor), std::log(5 * 0.904), 0.2);
}

TEST(Failures, CountRegionsInTheHalfThatDidNotChooseThem) {
  const std::size_t n = 4000;
  const auto columns = with_hole(n, 22);
  const auto found = failures_of(columns, n);
  const Halves halves(2 * n, n, 7);
  EXPECT_EQ(found.measuring, halves.measuring());
  EXPECT_EQ(halves.measuring().reference + halves.exploring().reference, n);
  EXPECT_NEAR(static_cast<double>(halves.measuring().reference), n / 2.0, 5 * std::sqrt(n / 4.0));
  for (const auto& region : found.of_columns) {
    RowCounts rows;
    const auto& [column, range] = region.conditions.at(0);
    for (std::size_t row = 0; row < 2 * n; ++row) {
      const std::size_t bin = found.columns[column].bins[row];
      if (halves.explores(row) || bin < range.first || bin >= range.last) continue;
      ++(row < n ? rows.reference : rows.generated);
    }
    EXPECT_EQ(region.measured, rows);
  }
}

TEST(Failures, HaveNoBoxesInEqualSamples) {
  RandomStream random(23, 0);
  for (int trial = 0; trial < 5; ++trial) {
    Columns columns(6, std::vector<double>(4000));
    for (auto& column : columns) {
      for (auto& value : column) value = random.normal();
    }
    EXPECT_TRUE(failures_of(columns, 2000).boxes.empty());
  }
}

TEST(Failures, DoNotDependOnThreads) {
  const auto columns = with_hole(3000, 24);
  const auto one = failures_of(columns, 3000, 1), three = failures_of(columns, 3000, 3);
  ASSERT_EQ(one.boxes.size(), three.boxes.size());
  for (std::size_t i = 0; i < one.boxes.size(); ++i) EXPECT_EQ(one.boxes[i].measured, three.boxes[i].measured);
}

TEST(Failures, RefuseWhatDoesNotFit) {
  const Columns columns{{1, 2, 3, 4, 5, 6, 7, 8}};
  const auto with = [&](const Columns& given, std::vector<std::size_t> candidates, std::vector<double> scores,
                        std::size_t reference) {
    return thrown_code(
        [&] { find_failures(given, candidates, {scores, reference}, 1, tiles_on(1), JobControl{}); });
  };
  const std::vector<double> scores(8);
  EXPECT_EQ(with(columns, {}, std::vector<double>(7), 4), ErrorCode::shape);
  EXPECT_EQ(with(columns, {1}, scores, 4), ErrorCode::shape);
  EXPECT_EQ(with(columns, {}, scores, 9), ErrorCode::shape);
  EXPECT_EQ(with(columns, {}, scores, 8), ErrorCode::too_few_rows);
  EXPECT_EQ(with({{}}, {}, {}, 0), ErrorCode::too_few_rows);
  auto broken = scores;
  broken[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(with(columns, {}, broken, 4), ErrorCode::non_finite);
}

TEST(Failures, StopWhenCancelled) {
  JobControl control;
  control.cancel();
  const Columns columns{std::vector<double>(1000, 1.0)};
  const std::vector<double> scores(1000);
  EXPECT_EQ(thrown_code([&] { find_failures(columns, {}, {scores, 500}, 1, tiles_on(1), control); }), ErrorCode::cancelled);
}

}  // namespace
}  // namespace caloscope
