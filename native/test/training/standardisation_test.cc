#include "core/training/standardisation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/naive_network.h"
#include "test/support/small_samples.h"

namespace caloscope {
namespace {

/// From all rows, reference rows first, as cross-fitting lists them.
Standardisation fitted(const LabelledRows& rows) {
  JobControl control;
  return fit_standardisation(rows, row_numbers(rows.size()), control);
}

/// The values of a column over the training rows, standardised.
std::vector<double> standardised(const Standardisation& standardisation, const LabelledRows& rows,
                                 std::uint32_t column) {
  std::vector<double> values;
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    values.push_back(naive::input_of(rows.table_of(row), rows.row_in_table(row), standardisation)[column]);
  }
  std::sort(values.begin(), values.end());
  return values;
}

TEST(Standardisation, TakesTheMiddleOfBothSamplesHoweverLargeTheyAre) {
  // A generated sample 4 widths away, and more rows than are needed for quantiles: the middle is between the two.
  const auto reference = gaussian_matrix(70000, 1, 0, 15), generated = gaussian_matrix(70000, 1, 4, 16);
  const LabelledRows rows{reference, generated};
  const auto standardisation = fitted(rows);
  EXPECT_NEAR(standardisation.centre[0], 2, 0.1);
  const auto values = standardised(standardisation, rows, 0);
  const auto quantile = [&](double p) { return values[static_cast<std::size_t>(p * static_cast<double>(values.size()))]; };
  EXPECT_NEAR(quantile(0.841345) - quantile(0.158655), 2, 0.02);
}

TEST(Standardisation, LeavesOutConstantColumnsAndSurvivesOddOnes) {
  RandomStream random(17, 0);
  std::vector<float> values[2];
  for (auto& sample : values) {
    for (int row = 0; row < 500; ++row) {
      const auto x = static_cast<float>(random.normal());
      // Constant; constant but large; nearly always the same; 3 of 4 the same; far from zero; a rare far value.
      sample.insert(sample.end(), {7, -1e6F, row % 100 == 0 ? 5.0F : 0.0F, row % 4 == 0 ? x : 2.0F, 1000 + x,
                                   row % 50 == 0 ? -8.0F : 3 + 0.1F * x});
    }
  }
  const FeatureTable reference(values[0], 6), generated(values[1], 6);
  const LabelledRows rows{reference, generated};
  const auto standardisation = fitted(rows);
  const auto& scale = standardisation.scale;
  EXPECT_EQ(scale[0], 0);
  EXPECT_EQ(scale[1], 0);
  // Half of 0.1σ of the quantiles for the last: the rare value does not rule.
  EXPECT_NEAR(scale[5], 10, 1.5);
  EXPECT_NEAR(scale[4], 1, 0.1);
  for (std::uint32_t column = 0; column < 6; ++column) {
    for (const double x : standardised(standardisation, rows, column)) ASSERT_LE(std::fabs(x), 5.0001);
  }
  EXPECT_GT(standardised(standardisation, rows, 2).back(), 1);
  EXPECT_GT(standardised(standardisation, rows, 3).back(), 1);
}

TEST(Standardisation, GivesAllVoxelsTheSameMeanSquareButHardlyEverLitOnesLess) {
  auto showers = random_showers(12, 1000, 18);
  for (std::uint64_t row = 0; row < 1000; ++row) {
    // Voxel 2 never, voxel 3 in 2 of 1000 showers.
    showers.energy[row * 12 + 2] = 0;
    showers.energy[row * 12 + 3] = row % 500 == 1 ? 7.0F : 0.0F;
  }
  const auto reference = features_of(showers, FeatureSetName::low);
  const auto generated = features_of(showers, FeatureSetName::low);
  const LabelledRows rows{reference, generated};
  const auto standardisation = fitted(rows);
  FeatureSet::Scratch scratch;
  std::vector<double> square(12), lit(12);
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    rows.table_of(row).voxels_of(rows.row_in_table(row), scratch);
    for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
      const auto voxel = scratch.hits.voxel[hit];
      const double x = scratch.hits.energy[hit] * standardisation.scale[reference.scalars() + voxel];
      square[voxel] += x * x;
      lit[voxel] += 1;
    }
  }
  EXPECT_EQ(standardisation.scale[reference.scalars() + 2], 0);
  const auto count = static_cast<double>(rows.size());
  for (std::uint32_t voxel = 0; voxel < 12; ++voxel) {
    EXPECT_EQ(standardisation.centre[reference.scalars() + voxel], 0);
    if (voxel == 2) continue;
    const double as_if_lit = square[voxel] / lit[voxel] * std::max(lit[voxel] / count, 0.01);
    EXPECT_GT(square[voxel], 0);
    EXPECT_NEAR(as_if_lit, square[0] / count, 1e-4 * square[0] / count) << "voxel " << voxel;
  }
}

}  // namespace
}  // namespace caloscope
