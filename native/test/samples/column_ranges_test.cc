#include "core/samples/column_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/run/error.h"
#include "core/run/random.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

void one_by_one(std::size_t tiles, const std::function<void(std::size_t)>& body) {
  for (std::size_t tile = 0; tile < tiles; ++tile) body(tile);
}

FeatureTable normal_table(int rows, std::uint32_t columns, std::uint64_t seed) {
  RandomStream random(seed, 0);
  std::vector<float> matrix(rows * columns);
  for (float& value : matrix) value = static_cast<float>(random.normal());
  return {matrix, columns};
}

TEST(ColumnRanges, AreOrderStatisticsOfBothTablesTogether) {
  JobControl control;
  for (const auto [first_rows, second_rows, columns] : {std::array{1, 0, 1}, {1, 1, 3}, {300, 699, 8}, {700, 300, 9}, {2000, 2500, 17}}) {
    const auto first = normal_table(first_rows, columns, 1);
    const auto second = normal_table(second_rows, columns, 2);
    const auto ranges = column_ranges(first, second, one_by_one, control);
    ASSERT_EQ(ranges.size(), static_cast<std::size_t>(columns));
    for (std::uint32_t column = 0; column < ranges.size(); ++column) {
      std::vector<float> sorted;
      for (std::uint64_t row = 0; row < first.rows(); ++row) sorted.push_back(first.scalars_of(row)[column]);
      for (std::uint64_t row = 0; row < second.rows(); ++row) sorted.push_back(second.scalars_of(row)[column]);
      std::sort(sorted.begin(), sorted.end());
      const std::size_t beyond = sorted.size() / 1000;
      EXPECT_EQ(ranges[column].lowest, sorted.front());
      EXPECT_EQ(ranges[column].low, sorted[beyond]);
      EXPECT_EQ(ranges[column].high, sorted[sorted.size() - 1 - beyond]);
      EXPECT_EQ(ranges[column].highest, sorted.back());
    }
  }
  const auto table = normal_table(3, 2, 1);
  EXPECT_EQ(thrown_code([&] { column_ranges(table, normal_table(3, 3, 1), one_by_one, control); }), ErrorCode::shape);
  const FeatureTable empty({}, 2);
  EXPECT_EQ(thrown_code([&] { column_ranges(empty, empty, one_by_one, control); }), ErrorCode::shape);
  control.cancel();
  EXPECT_THROW(column_ranges(table, table, one_by_one, control), Error);
}

TEST(ColumnRanges, RowsOutsideAreCountedColumnByColumn) {
  const FeatureTable table({1, 5, 2, 5, 3, 5, 4, 6}, 2);
  const std::vector<float> low{2, 5}, high{3, 5};
  EXPECT_EQ(rows_outside(table, low, high), (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(rows_outside(FeatureTable({}, 2), low, high), (std::vector<std::uint64_t>{0, 0}));
  EXPECT_EQ(thrown_code([&] { rows_outside(table, low, std::vector<float>{1}); }), ErrorCode::shape);
}

}  // namespace
}  // namespace caloscope
