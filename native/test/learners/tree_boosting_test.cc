#include "core/learners/tree_boosting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

#include "core/run/error.h"
#include "core/run/random.h"
#include "test/support/naive_boosting.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

/// Rows that the test keeps.
struct Rows {
  std::uint32_t columns;
  std::vector<float> matrix;
  std::vector<std::uint8_t> label;

  LabelledDenseRows view() const {
    return {{columns, label.size(), [this](std::size_t row) { return &matrix[row * columns]; }}, label};
  }
};

/// Normal numbers in steps of 1/`steps`; the classes differ in the mean of the first column, the width of the second
/// and how the third goes with the fourth. Every `share`-th row is a reference row.
Rows random_rows(std::size_t count, std::uint32_t columns, std::uint64_t seed, std::uint32_t share = 2,
                 float steps = 1 << 20) {
  Rows rows{columns, {}, {}};
  RandomStream random(seed, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const bool reference = i % share == 0;
    std::vector<float> row(columns);
    for (float& value : row) value = static_cast<float>(random.normal());
    if (reference && columns > 3) {
      row[0] += 0.5F;
      row[1] *= 1.5F;
      row[3] = 0.6F * row[2] + 0.8F * row[3];
    }
    for (const float value : row) rows.matrix.push_back(std::round(value * steps) / steps);
    rows.label.push_back(reference);
  }
  return rows;
}

BoostingTask task_on(const Rows& training) {
  BoostingTask task;
  task.seed = 5;
  task.number = 3;
  task.settings.trees = 10;
  task.training = training.view();
  return task;
}

TrainedTrees boosted(const BoostingTask& task, unsigned threads = 1) {
  WorkerPool pool(threads);
  JobControl control;
  TrainedTrees result = boost_trees(task, pool, control, [](std::uint64_t) {});
  result.trees.validate();
  return result;
}

std::vector<float> scores_of(const BoostedTrees& trees, const Rows& rows) {
  return score(trees, rows.view().rows, tiles_on(2), JobControl());
}

void expect_naive_trees(const BoostingTask& task) {
  const BoostedTrees trees = boosted(task, 2).trees;
  NaiveBoosting naive(task);
  BoostedTrees expected;
  expected.columns = trees.columns;
  expected.first_node.push_back(0);
  for (std::uint32_t tree = 0; tree < task.settings.trees; ++tree) {
    naive.grow(rounding_key(task.seed, task.number, tree), expected);
  }
  EXPECT_EQ(trees.first_node, expected.first_node);
  EXPECT_EQ(trees.column, expected.column);
  EXPECT_EQ(trees.threshold, expected.threshold);
  EXPECT_EQ(trees.left, expected.left);
  EXPECT_EQ(trees.value, expected.value);
}

TEST(TreeBoosting, TreesAreThoseOfTheDefinition) {
  // At most 255 different values a column: every one has a bin.
  const Rows rows = random_rows(1000, 11, 1, 2, 16);
  expect_naive_trees(task_on(rows));
}

TEST(TreeBoosting, TreesOfWeightedRowsAreThoseOfTheDefinition) {
  const Rows rows = random_rows(1000, 11, 1, 2, 16);
  BoostingTask task = task_on(rows);
  RandomStream random(2, 0);
  for (std::size_t row = 0; row < 1000; ++row) task.training.weight.push_back((row % 7 == 0 ? -1 : 1) * (0.2 + random.uniform()));
  expect_naive_trees(task);
}

TEST(TreeBoosting, LossesAndTreesCountRowsByTheirWeights) {
  // A weight of 2 is the row twice, one of 0 none: losses of the same trees, and the logits that they come to.
  const Rows rows = random_rows(3000, 5, 31);
  Rows repeated{5, {}, {}};
  BoostingTask task = task_on(rows);
  for (std::size_t row = 0; row < 3000; ++row) {
    task.training.weight.push_back(static_cast<double>(row / 2 % 3));
    for (std::size_t copy = 0; copy < row / 2 % 3; ++copy) {
      repeated.matrix.insert(repeated.matrix.end(), rows.matrix.begin() + static_cast<std::ptrdiff_t>(5 * row),
                             rows.matrix.begin() + static_cast<std::ptrdiff_t>(5 * row + 5));
      repeated.label.push_back(rows.label[row]);
    }
  }
  task.settings.leaves = 4;
  task.settings.least_rows = 1;
  BoostingTask copied = task_on(repeated);
  copied.settings = task.settings;
  const auto weighted = boosted(task).record.training_loss, twice = boosted(copied).record.training_loss;
  ASSERT_EQ(weighted.size(), twice.size());
  // Derivatives are rounded by other numbers, and bins follow the rows.
  for (std::size_t tree = 0; tree < twice.size(); ++tree) EXPECT_NEAR(weighted[tree], twice[tree], 2e-3);
  EXPECT_LT(twice.back(), 0.66);
}

TEST(TreeBoosting, TreesAreThoseOfTheDefinitionWithOtherSettings) {
  const Rows rows = random_rows(1000, 11, 2, 7, 16);
  BoostingTask task = task_on(rows);
  task.settings = {.trees = 5, .leaves = 60, .learning_rate = 0.4, .least_rows = 1, .least_hessian = 0.7, .l2 = 0};
  expect_naive_trees(task);
  task.settings = {.trees = 20, .leaves = 2, .learning_rate = 1, .least_rows = 150, .l2 = 30};
  expect_naive_trees(task);
}

TEST(TreeBoosting, TreesAreThoseOfTheDefinitionOverManyTilesOfRows) {
  const Rows rows = random_rows(20000, 2, 3, 3, 16);
  BoostingTask task = task_on(rows);
  task.settings.trees = 2;
  task.settings.leaves = 3;
  expect_naive_trees(task);
}

TEST(TreeBoosting, TheSameBitsForAnyNumberOfThreads) {
  const Rows rows = random_rows(18000, 12, 4, 3);
  const Rows held_out = random_rows(1000, 12, 5);
  BoostingTask task = task_on(rows);
  task.settings.trees = 4;
  task.settings.column_fraction = 0.6;
  task.validation = held_out.view();
  const TrainedTrees one = boosted(task, 1);
  const auto scores = score(one.trees, task.validation.rows, tiles_on(1), JobControl());
  for (const unsigned threads : {2U, 3U, 8U}) {
    const TrainedTrees many = boosted(task, threads);
    EXPECT_EQ(many.trees, one.trees);
    EXPECT_EQ(many.record.training_loss, one.record.training_loss);
    EXPECT_EQ(many.record.validation_loss, one.record.validation_loss);
    EXPECT_EQ(score(one.trees, task.validation.rows, tiles_on(threads), JobControl()), scores);
  }
}

double mean_loss(const std::vector<float>& logits, const std::vector<std::uint8_t>& labels) {
  double sums[2] = {}, counts[2] = {};
  for (std::size_t i = 0; i < logits.size(); ++i) {
    sums[labels[i]] += std::log1p(std::exp(labels[i] ? -logits[i] : logits[i]));
    ++counts[labels[i]];
  }
  return (sums[0] / counts[0] + sums[1] / counts[1]) / 2;
}

TEST(TreeBoosting, LossesAreThoseOfTheScores) {
  const Rows rows = random_rows(3000, 6, 6, 4);
  const Rows held_out = random_rows(1000, 6, 7, 2);
  BoostingTask task = task_on(rows);
  task.validation = held_out.view();
  const auto [trees, record] = boosted(task);
  ASSERT_EQ(record.training_loss.size(), 10U);
  EXPECT_NEAR(record.training_loss.back(), mean_loss(scores_of(trees, rows), rows.label), 1e-6);
  const double held_out_loss = mean_loss(scores_of(trees, held_out), held_out.label);
  EXPECT_NEAR(record.validation_loss[record.best_trees - 1], held_out_loss, 1e-6);
  EXPECT_LT(record.training_loss.back(), 0.6);
  EXPECT_TRUE(std::ranges::is_sorted(record.training_loss, std::greater<>()));
}

TEST(TreeBoosting, StopsWhenTheValidationLossRisesAndKeepsTheBestTrees) {
  const Rows rows = random_rows(500, 5, 8);
  const Rows held_out = random_rows(500, 5, 9);
  BoostingTask task = task_on(rows);
  task.settings.trees = 300;
  task.settings.patience = 7;
  const BoostedTrees all = boosted(task).trees;
  EXPECT_EQ(all.trees(), 300U);
  task.validation = held_out.view();
  std::uint64_t visited = 0;
  WorkerPool pool(1);
  JobControl control;
  const auto [trees, record] = boost_trees(task, pool, control, [&](std::uint64_t more) { visited += more; });
  const auto& losses = record.validation_loss;
  EXPECT_TRUE(record.stopped_early);
  EXPECT_EQ(losses.size(), record.best_trees + 7U);
  EXPECT_EQ(std::ranges::min_element(losses) - losses.begin() + 1, record.best_trees);
  EXPECT_EQ(trees.trees(), record.best_trees);
  EXPECT_TRUE(std::equal(trees.value.begin(), trees.value.end(), all.value.begin()));
  EXPECT_EQ(visited, 300U * 500U);
}

TEST(TreeBoosting, WhereNothingCanBeLearnedNoTreeIsKept) {
  Rows rows{3, std::vector<float>(3 * 200, 1.5F), {}};
  for (int i = 0; i < 200; ++i) rows.label.push_back(static_cast<std::uint8_t>(i % 2));
  EXPECT_EQ(boosted(task_on(rows)).trees.trees(), 0U);  // identical rows
  EXPECT_EQ(scores_of(boosted(task_on(rows)).trees, rows), std::vector<float>(200));
  for (int i = 0; i < 200; ++i) rows.matrix[static_cast<std::size_t>(3 * i + 1)] = static_cast<float>(i / 2);
  // Every value in both classes alike: what is left is the rounding of derivatives.
  for (const float logit : scores_of(boosted(task_on(rows)).trees, rows)) EXPECT_NEAR(logit, 0, 1e-3);
  // Held-out rows which say the opposite.
  const Rows good = random_rows(400, 4, 10);
  Rows opposite = random_rows(400, 4, 11);
  for (auto& label : opposite.label) label = !label;
  BoostingTask task = task_on(good);
  task.settings.patience = 2;
  task.validation = opposite.view();
  const auto [trees, record] = boosted(task);
  EXPECT_EQ(record.best_trees, 0U);
  EXPECT_EQ(trees.nodes(), 0U);
}

TEST(TreeBoosting, OfCollinearColumnsTheFirstIsRead) {
  Rows rows = random_rows(1000, 6, 12);
  for (std::size_t row = 0; row < 1000; ++row) {
    rows.matrix[row * 6 + 5] = 2 * rows.matrix[row * 6];
    rows.matrix[row * 6 + 4] = -3;  // constant
  }
  const BoostedTrees trees = boosted(task_on(rows)).trees;
  EXPECT_EQ(std::ranges::count(trees.column, 4U), 0);
  EXPECT_EQ(std::ranges::count(trees.column, 5U), 0);
}

TEST(TreeBoosting, AColumnThatSeparatesAloneGivesFiniteLogits) {
  Rows rows = random_rows(1000, 3, 13);
  for (std::size_t row = 0; row < 1000; ++row) rows.matrix[row * 3 + 1] = rows.label[row] ? 1e30F : -1e30F;
  BoostingTask task = task_on(rows);
  task.settings.l2 = 0;
  task.settings.learning_rate = 1;
  task.settings.trees = 1000;
  const auto [trees, record] = boosted(task);
  EXPECT_LT(trees.trees(), 1000U);  // it ends by itself
  const auto scores = scores_of(trees, rows);
  for (std::size_t row = 0; row < 1000; ++row) {
    EXPECT_TRUE(std::isfinite(scores[row]));
    EXPECT_GT(rows.label[row] ? scores[row] : -scores[row], 5);
  }
}

TEST(TreeBoosting, FewRowsAndManyColumns) {
  for (const std::size_t count : {2U, 20U}) {
    const Rows rows = random_rows(count, 50, 14);
    BoostingTask task = task_on(rows);
    EXPECT_EQ(boosted(task).trees.trees(), 0U);  // no leaf would have 20 rows
    task.settings.least_rows = 1;
    const auto scores = scores_of(boosted(task).trees, rows);
    for (std::size_t row = 0; row < count; ++row) EXPECT_GT(rows.label[row] ? scores[row] : -scores[row], 0);
  }
}

TEST(TreeBoosting, VeryUnequalClassesAreBalanced) {
  // Without a difference of the classes but their sizes: logits stay around 0 in every part of the space.
  Rows rows = random_rows(60000, 2, 15, 300);
  BoostingTask task = task_on(rows);
  task.settings.leaves = 4;
  task.settings.least_rows = 10000;
  double mean = 0;
  for (const float logit : scores_of(boosted(task).trees, rows)) mean += logit / 60000;
  EXPECT_NEAR(mean, 0, 0.02);
}

TEST(TreeBoosting, AFractionOfTheColumnsIsDrawnForEveryTree) {
  const Rows rows = random_rows(500, 20, 16);
  BoostingTask task = task_on(rows);
  task.settings.column_fraction = 0.1;
  task.settings.trees = 60;
  const BoostedTrees trees = boosted(task).trees;
  std::vector<int> uses(20);
  for (std::size_t tree = 0; tree < trees.trees(); ++tree) {
    std::vector<std::uint32_t> read;
    for (std::uint32_t node = trees.first_node[tree]; node < trees.first_node[tree + 1]; ++node) {
      if (trees.left[node] != 0) read.push_back(trees.column[node]);
    }
    std::ranges::sort(read);
    read.erase(std::ranges::unique(read).begin(), read.end());
    EXPECT_LE(read.size(), 2U);
    for (const std::uint32_t column : read) ++uses[column];
  }
  EXPECT_EQ(std::ranges::count(uses, 0), 0);
  task.seed = 6;
  EXPECT_NE(boosted(task).trees, trees);
}

TEST(TreeBoosting, EndsWhenItIsCancelled) {
  const Rows rows = random_rows(20000, 30, 17);
  BoostingTask task = task_on(rows);
  task.settings.trees = 100000;
  using Clock = std::chrono::steady_clock;
  for (const unsigned threads : {1U, 2U}) {
    WorkerPool pool(threads);
    JobControl control;
    Clock::time_point cancelled;
    std::thread canceller([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      cancelled = Clock::now();
      control.cancel();
    });
    EXPECT_EQ(thrown_code([&] { boost_trees(task, pool, control, [](std::uint64_t) {}); }), ErrorCode::cancelled);
    const auto ended = Clock::now();
    canceller.join();
    EXPECT_LT(std::chrono::duration<double>(ended - cancelled).count(), 0.5);  // milliseconds on a quiet machine
  }
  JobControl control;
  control.cancel();
  WorkerPool pool(1);
  EXPECT_EQ(thrown_code([&] { boost_trees(task, pool, control, [](std::uint64_t) {}); }), ErrorCode::cancelled);
}

TEST(TreeBoosting, BothClassesMustBeThere) {
  Rows rows = random_rows(100, 3, 18);
  const Rows good = random_rows(100, 3, 19);
  rows.label.assign(100, 1);
  EXPECT_EQ(thrown_code([&] { boosted(task_on(rows)); }), ErrorCode::too_few_rows);
  BoostingTask task = task_on(good);
  task.validation = rows.view();
  EXPECT_EQ(thrown_code([&] { boosted(task); }), ErrorCode::too_few_rows);
  EXPECT_EQ(thrown_code([&] { boosted(task_on(Rows{3, {}, {}})); }), ErrorCode::too_few_rows);
}

TEST(TreeBoosting, SettingsOutOfRangeAreRefused) {
  const double nan = std::nan("");
  BoostingSettings().validate();
  for (const BoostingSettings& wrong : std::vector<BoostingSettings>{
           {.trees = 0}, {.leaves = 1}, {.leaves = 70000}, {.learning_rate = 0}, {.learning_rate = 1.5},
           {.learning_rate = nan}, {.least_rows = 0}, {.least_hessian = -1}, {.least_hessian = nan}, {.l2 = -1},
           {.l2 = nan}, {.column_fraction = 0}, {.column_fraction = 1.1}, {.bins = 1}, {.bins = 256},
           {.patience = 0}}) {
    EXPECT_EQ(thrown_code([&] { wrong.validate(); }), ErrorCode::argument);
  }
}

}  // namespace
}  // namespace caloscope
