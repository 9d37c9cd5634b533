#include "core/statistics/block_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/run/error.h"
#include "core/run/random.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

TEST(BlockTest, IsTheSumOfTheBlocksOverTheRootOfTwiceTheirNumber) {
  // Probabilities 1/2, 3/4 against 1/4, 1/2 in block 0: difference 1/4, variances 1/64 each.
  const double up = std::log(3.0);
  const std::vector<double> reference{0, up, 1, 1}, generated{-up, 0, 1, 1};
  const std::vector<std::uint16_t> blocks{0, 0, 1, 1};
  const auto result = block_test({reference, blocks}, {generated, blocks}, 2);
  ASSERT_EQ(result.of_block.size(), 2U);
  EXPECT_DOUBLE_EQ(result.of_block[0], 0.25 / std::sqrt(2.0 / 64));
  EXPECT_EQ(result.of_block[1], 0);
  EXPECT_DOUBLE_EQ(result.z, result.of_block[0] / 2);
  // scipy 1.17.1: norm.sf(0.7071067811865476)
  EXPECT_NEAR(result.p_value, 0.23975006109347669, 1e-15);
  const auto other_way = block_test({generated, blocks}, {reference, blocks}, 2);
  EXPECT_DOUBLE_EQ(other_way.z, -result.z);
}

TEST(BlockTest, CountsRowsByTheirWeights) {
  // Probabilities 1/2 and 3/4 with weights 1 and 3: mean 11/16; those of the other sample are 1/4, with weights of both signs.
  const double up = std::log(3.0);
  const std::vector<double> reference{0, up}, generated{-up, -up, -up}, weights{1, 3}, signs{2, -1, 1};
  const std::vector<std::uint16_t> blocks{0, 0, 0};
  const auto result = block_test({reference, {blocks.data(), 2}, weights}, {generated, blocks, signs}, 1);
  const double mean = 11.0 / 16;
  const double variance = 2 * (std::pow(0.5 - mean, 2) + 9 * std::pow(0.75 - mean, 2)) / 16;
  EXPECT_DOUBLE_EQ(result.z, (mean - 0.25) / std::sqrt(variance));
  // Sums of weights round; equal probabilities differ by nothing all the same.
  const std::vector<double> constant(3, 0.1), odd{0.1, 0.3, 0.7};
  EXPECT_EQ(block_test({constant, blocks, odd}, {constant, blocks, {}}, 1).z, 0);
  const std::vector<double> none{1, -2, 1};
  EXPECT_EQ(thrown_code([&] { block_test({reference, {blocks.data(), 2}}, {generated, blocks, none}, 1); }),
            ErrorCode::argument);
}

TEST(BlockTest, NeedsTwoRowsInEachBlock) {
  const std::vector<double> logits{0, 1, 2};
  const std::vector<std::uint16_t> blocks{0, 0, 1};
  EXPECT_EQ(thrown_code([&] { block_test({logits, blocks}, {logits, blocks}, 2); }), ErrorCode::too_few_rows);
}

TEST(BlockTest, HasTheSizeOfAFixedScoreOverRootTwo) {
  // A score that was fitted to nothing: blocks are independent, and z has spread 1/√2.
  RandomStream random(3, 1);
  double squares = 0;
  std::vector<std::uint16_t> blocks(60);
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = static_cast<std::uint16_t>(i % 3);
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> reference(60), generated(60);
    for (auto* sample : {&reference, &generated}) {
      for (double& logit : *sample) logit = random.normal();
    }
    const double z = block_test({reference, blocks}, {generated, blocks}, 3).z;
    squares += z * z / trials;
  }
  EXPECT_NEAR(std::sqrt(squares), std::sqrt(0.5), 0.05);
}

}  // namespace
}  // namespace caloscope
