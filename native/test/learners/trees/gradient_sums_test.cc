#include "core/learners/trees/gradient_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/run/random.h"

namespace caloscope {
namespace {

TEST(PackedGradient, FieldsOfManyRowsDoNotMeet) {
  for (const std::uint32_t gradient : {0U, PackedGradient::limit - 1}) {
    for (const std::uint32_t hessian : {0U, PackedGradient::limit - 1}) {
      std::uint64_t sum = 0;
      for (std::size_t row = 0; row < PackedGradient::most_rows; ++row) sum += PackedGradient::of(gradient, hessian);
      constexpr auto rows = static_cast<int>(PackedGradient::most_rows);
      EXPECT_EQ(PackedGradient::rows(sum), PackedGradient::most_rows);
      EXPECT_EQ(PackedGradient::gradient(sum), rows * (static_cast<int>(gradient) - 8192));
      EXPECT_EQ(PackedGradient::hessian(sum), rows * static_cast<int>(hessian));
    }
  }
}

class BinSummationOf : public testing::TestWithParam<std::vector<std::uint32_t>> {};

/// Every third of 20,000 rows, over the chosen ones of 70 columns.
TEST_P(BinSummationOf, IsTheSumOfTheRows) {
  constexpr std::uint32_t columns = 70;
  constexpr std::size_t count = 20000;
  RandomStream random(2, 0);
  std::vector<float> matrix(columns * count);
  for (float& value : matrix) value = static_cast<float>(random.below(40));
  const DenseRows rows{columns, count, [&](std::size_t row) { return &matrix[row * columns]; }};
  const BinnedRows binned(rows, 255, tiles_on(1), JobControl());
  std::vector<std::uint64_t> gradients;
  for (std::size_t row = 0; row < count; ++row) {
    gradients.push_back(PackedGradient::of(random.below(PackedGradient::limit), random.below(PackedGradient::limit)));
  }
  std::vector<std::uint32_t> some;
  for (std::uint32_t row = 0; row < count; row += 3) some.push_back(row);

  BinSummation summation(binned);
  summation.choose(GetParam());
  WorkerPool pool(3);
  BinSums sums(binned.bins());
  sums.gradient.assign(binned.bins(), 1);  // what was there before
  summation.run(some, gradients, pool, JobControl(), sums);
  for (std::uint32_t column = 0; column < columns; ++column) {
    const bool chosen = std::ranges::binary_search(GetParam(), column);
    std::vector<GradientSum> expected(40);
    for (const std::uint32_t row : some) {
      const std::uint64_t gradient = gradients[row];
      if (chosen) {
        expected[static_cast<std::size_t>(matrix[row * columns + column])] += {
            double(PackedGradient::gradient(gradient)), double(PackedGradient::hessian(gradient)), 1};
      }
    }
    for (std::uint32_t bin = 0; bin < 40; ++bin) EXPECT_EQ(sums.at(column * 40 + bin), expected[bin]) << column;
  }
}

std::vector<std::uint32_t> all_columns() {
  std::vector<std::uint32_t> columns(70);
  std::iota(columns.begin(), columns.end(), 0U);
  return columns;
}

INSTANTIATE_TEST_SUITE_P(Columns, BinSummationOf,
                         testing::Values(all_columns(), std::vector<std::uint32_t>{0, 3, 8, 9, 66, 69},
                                         std::vector<std::uint32_t>{}));

}  // namespace
}  // namespace caloscope
