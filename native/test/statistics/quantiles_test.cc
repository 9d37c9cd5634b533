#include "core/statistics/quantiles.h"

#include <gtest/gtest.h>

#include <array>

namespace caloscope {
namespace {

TEST(Quantiles, AreInterpolatedAsNumPyDoes) {
  constexpr std::array sorted{1.0, 2.0, 4.0, 8.0};
  EXPECT_EQ(quantile(sorted, 0), 1);
  EXPECT_EQ(quantile(sorted, 0.5), 3);
  EXPECT_EQ(quantile(sorted, 0.75), 5);
  EXPECT_EQ(quantile(sorted, 1), 8);
  constexpr std::array one{3.0};
  EXPECT_EQ(quantile(one, 0.3), 3);
}

TEST(WeightedQuantiles, LeaveRowsOfWeightZeroOut) {
  WeightedQuantiles quantiles({{5, 0}, {1, 0}, {3, 1}, {2, 2}, {4, 1}});
  ASSERT_FALSE(quantiles.empty());
  EXPECT_EQ(quantiles.next(0), 2);
  EXPECT_EQ(quantiles.next(0.5), 2);
  EXPECT_EQ(quantiles.next(0.51), 3);
  EXPECT_EQ(quantiles.next(0.76), 4);
  EXPECT_EQ(quantiles.next(1), 4);
  EXPECT_TRUE(WeightedQuantiles({{1, 0}}).empty());
  EXPECT_TRUE(WeightedQuantiles({}).empty());
}

}  // namespace
}  // namespace caloscope
