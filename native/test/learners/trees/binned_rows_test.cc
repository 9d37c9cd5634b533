#include "core/learners/trees/binned_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "core/run/random.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

using Floats = std::vector<float>;

TEST(QuantileBorders, LieHalfWayBetweenFewValues) {
  EXPECT_EQ(quantile_borders(Floats{1, 1, 2, 4, 4, 4, 8}, 255), (Floats{1.5F, 3, 6}));
  EXPECT_EQ(quantile_borders(Floats{1, 1, 2, 4, 4, 4, 8}, 4), (Floats{1.5F, 3, 6}));
  EXPECT_EQ(quantile_borders(Floats{3, 3, 3}, 255), Floats());
  EXPECT_EQ(quantile_borders(Floats{}, 255), Floats());
  EXPECT_EQ(quantile_borders(Floats{-0.0F, 0.0F}, 255), Floats());
}

TEST(QuantileBorders, HoldBetweenNeighboringNumbersAndFarApartOnes) {
  const float one = 1;
  const float next = std::nextafter(one, 2.0F);
  const float largest = std::numeric_limits<float>::max();
  EXPECT_EQ(quantile_borders(Floats{one, next}, 2), Floats{one});
  EXPECT_EQ(quantile_borders(Floats{-largest, largest}, 2), Floats{0});
}

TEST(QuantileBorders, MakeBinsOfEqualContent) {
  Floats values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  EXPECT_EQ(quantile_borders(values, 4), (Floats{249.5F, 499.5F, 749.5F}));
  EXPECT_EQ(quantile_borders(values, 255).size(), 254U);
}

TEST(QuantileBorders, GiveAFrequentValueABinOfItsOwnAndTheOthersTheRest) {
  Floats values(1000);
  for (std::size_t i = 0; i < 500; ++i) values[i] = static_cast<float>(i) / 500 - 1;  // below 0
  for (std::size_t i = 500; i < 900; ++i) values[i] = 0;
  for (std::size_t i = 900; i < 1000; ++i) values[i] = static_cast<float>(i);
  const Floats borders = quantile_borders(values, 11);
  EXPECT_EQ(borders.size(), 10U);
  EXPECT_EQ(std::ranges::count_if(borders, [](float border) { return border > -0.002F && border < 0; }), 1);
  EXPECT_EQ(std::ranges::count_if(borders, [](float border) { return border >= 0 && border < 900; }), 1);
}

TEST(BinnedRows, EveryValueIsInTheBinOfItsBorders) {
  constexpr std::uint32_t columns = 19;
  constexpr std::size_t count = 5000;
  Floats matrix(columns * count);
  RandomStream random(1, 0);
  for (float& value : matrix) value = static_cast<float>(random.normal());
  for (std::size_t row = 0; row < count; ++row) matrix[row * columns + 3] = 7;  // never changes
  const DenseRows rows{columns, count, [&](std::size_t row) { return &matrix[row * columns]; }};
  const BinnedRows binned(rows, 100, tiles_on(2), JobControl());
  ASSERT_EQ(binned.columns().size(), columns - 1);
  EXPECT_EQ(binned.groups(), 3U);
  EXPECT_EQ(binned.bins(), 100U * (columns - 1));
  for (std::size_t place = 0; place < binned.columns().size(); ++place) {
    const BinnedColumn& column = binned.columns()[place];
    EXPECT_EQ(column.column, place + (place >= 3));
    EXPECT_TRUE(std::ranges::is_sorted(column.borders));
    std::vector<int> content(column.bins());
    for (std::size_t row = 0; row < count; ++row) {
      const std::uint8_t bin = binned.group(place / 8)[row * 8 + place % 8];
      const float value = matrix[row * columns + column.column];
      EXPECT_TRUE(bin == 0 || column.borders[bin - 1U] < value);
      EXPECT_TRUE(bin + 1U == column.bins() || value <= column.borders[bin]);
      ++content[bin];
    }
    for (const int rows_in_bin : content) EXPECT_EQ(rows_in_bin, 50);
  }
}

}  // namespace
}  // namespace caloscope
