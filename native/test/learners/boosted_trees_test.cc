#include "core/learners/boosted_trees.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

/// x₀ ≤ 1 ? 10 : (x₁ ≤ −2 ? 20 : 30), and a tree of one leaf that adds 0.5.
BoostedTrees small_trees() {
  BoostedTrees trees;
  trees.columns = 2;
  trees.first_node = {0, 5, 6};
  trees.column = {0, 0, 1, 0, 0, 0};
  trees.threshold = {1, 0, -2, 0, 0, 0};
  trees.left = {1, 0, 3, 0, 0, 0};
  trees.value = {0, 10, 0, 20, 30, 0.5F};
  return trees;
}

DenseRows rows_of(const std::vector<float>& matrix, std::uint32_t columns) {
  return {columns, matrix.size() / columns, [&matrix, columns](std::size_t row) { return &matrix[row * columns]; }};
}

std::vector<float> scores_of(const BoostedTrees& trees, const std::vector<float>& matrix) {
  return score(trees, rows_of(matrix, trees.columns), tiles_on(1), JobControl());
}

TEST(BoostedTrees, ARowWithTheThresholdGoesLeft) {
  const std::vector<float> rows{1, 0, 1.0000001F, -2, 1.5F, -1.9999999F, -5, 9};
  small_trees().validate();
  EXPECT_EQ(scores_of(small_trees(), rows), (std::vector<float>{10.5F, 20.5F, 30.5F, 10.5F}));
}

TEST(BoostedTrees, EveryValueEndsInALeaf) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(scores_of(small_trees(), {infinity, infinity, -infinity, 0, nan, nan}),
            (std::vector<float>{30.5F, 10.5F, 10.5F}));
}

TEST(BoostedTrees, NoTreesSayNothing) {
  BoostedTrees trees;
  trees.columns = 1;
  trees.first_node = {0};
  trees.validate();
  EXPECT_EQ(scores_of(trees, {3, 4}), (std::vector<float>{0, 0}));
  EXPECT_TRUE(scores_of(trees, {}).empty());
}

TEST(BoostedTrees, WhatIsDamagedIsRefused) {
  const std::vector<std::function<void(BoostedTrees&)>> damages{
      [](BoostedTrees& t) { t.columns = 0; },
      [](BoostedTrees& t) { t.columns = 1; },  // column 1 is read
      [](BoostedTrees& t) { t.column[4] = 2; },
      [](BoostedTrees& t) { t.left[2] = 2; },  // itself
      [](BoostedTrees& t) { t.left[2] = 1; },  // back
      [](BoostedTrees& t) { t.left[2] = 4; },  // into the next tree
      [](BoostedTrees& t) { t.left[5] = 6; },
      [](BoostedTrees& t) { t.left[5] = std::numeric_limits<std::uint32_t>::max(); },
      [](BoostedTrees& t) { t.value.pop_back(); },
      [](BoostedTrees& t) { t.threshold.push_back(0); },
      [](BoostedTrees& t) { t.column.clear(); },
      [](BoostedTrees& t) { t.first_node = {}; },
      [](BoostedTrees& t) { t.first_node = {0, 5}; },
      [](BoostedTrees& t) { t.first_node = {1, 5, 6}; },
      [](BoostedTrees& t) { t.first_node = {0, 5, 5, 6}; },
      [](BoostedTrees& t) { t.first_node = {0, 7, 6}; },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    BoostedTrees trees = small_trees();
    damages[i](trees);
    EXPECT_EQ(thrown_code([&] { trees.validate(); }), ErrorCode::classifier) << i;
  }
}

TEST(BoostedTrees, NumbersThatAreNotFiniteAreRefused) {
  for (const float wrong : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    BoostedTrees trees = small_trees();
    trees.value[1] = wrong;
    EXPECT_EQ(thrown_code([&] { trees.validate(); }), ErrorCode::non_finite);
    trees = small_trees();
    trees.threshold[0] = wrong;
    EXPECT_EQ(thrown_code([&] { trees.validate(); }), ErrorCode::non_finite);
  }
}

TEST(BoostedTrees, AllNumbersAreWalkedOver) {
  BoostedTrees trees = small_trees();
  std::vector<std::string> names;
  trees.for_each_tensor([&](const std::string& name, const std::vector<std::size_t>& shape, auto values) {
    EXPECT_EQ(shape, std::vector<std::size_t>{values.size()});
    names.push_back(name);
    for (auto& value : values) value = 0;
  });
  EXPECT_EQ(names, (std::vector<std::string>{"trees.first_node", "trees.column", "trees.threshold", "trees.left",
                                             "trees.value"}));
  const std::vector<std::uint32_t> zeros(6);
  const std::vector<float> float_zeros(6);
  EXPECT_EQ(trees, (BoostedTrees{2, {0, 0, 0}, zeros, float_zeros, zeros, float_zeros}));
}

}  // namespace
}  // namespace caloscope
