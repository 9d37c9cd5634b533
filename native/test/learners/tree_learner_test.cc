#include "core/learners/tree_learner.h"

#include <gtest/gtest.h>

#include <utility>
#include <variant>
#include <vector>

#include "cpu/cpu_backend.h"
#include "test/support/small_samples.h"

namespace caloscope {
namespace {

/// Two samples, and a task whose validation rows are the first of each.
struct Fitting {
  FeatureTable reference, generated;
  MemberTask task;

  Fitting(std::uint32_t rows, std::uint32_t held_out)
      : reference(gaussian_matrix(rows, 3, 0.7, 1)), generated(gaussian_matrix(rows, 3, 0, 2)) {
    task.seed = 3;
    for (const std::uint32_t first : {0U, rows}) {
      for (std::uint32_t row = 0; row < rows; ++row) {
        (row < held_out ? task.validation_rows : task.training_rows).push_back(first + row);
      }
    }
  }

  TrainingData data() const { return LabelledRows{reference, generated}; }

  BoostedTrees learned() const {
    CpuBackend backend(2);
    JobControl control;
    const auto fitted = TreeLearner{}.fit({task}, data(), {backend, control, nullptr, {}});
    return std::get<BoostedTrees>(*fitted.front().member);
  }

  /// Boosted with these rows of each sample held out, in units of `part` rows.
  BoostedTrees boosted(std::uint32_t part, std::uint32_t held_out, std::uint32_t leaves, std::uint32_t bins) const {
    std::vector<std::uint32_t> training, validation;
    const auto rows = static_cast<std::uint32_t>(reference.rows());
    for (const std::uint32_t first : {0U, rows}) {
      for (std::uint32_t row = 0; row < rows; ++row) {
        (row / held_out == part ? validation : training).push_back(first + row);
      }
    }
    BoostingSettings settings;
    settings.leaves = leaves;
    settings.bins = bins;
    WorkerPool pool(1);
    JobControl control;
    const auto all = data();
    return boost_trees({settings, task.seed, 0, dense_rows(all, training), dense_rows(all, validation)}, pool, control,
                       [](std::uint64_t) {})
        .trees;
  }

  std::vector<float> scores(const BoostedTrees& trees) const {
    return score(trees, dense_rows(reference), tiles_on(1), JobControl());
  }
};

TEST(TreeLearner, IsTheMeanOfBoostingsThatHoldOutOtherRows) {
  const Fitting fitting(600, 100);
  const auto learned = fitting.learned();
  learned.validate();
  // 200 validation rows: three times as many are enough. √1000/3 leaves, 1000/8 bins.
  std::vector<float> expected(600);
  for (std::uint32_t part = 0; part < 3; ++part) {
    const auto said = fitting.scores(fitting.boosted(part, 100, 10, 125));
    for (std::size_t row = 0; row < said.size(); ++row) expected[row] += said[row] / 3;
  }
  const auto said = fitting.scores(learned);
  for (std::size_t row = 0; row < said.size(); ++row) EXPECT_NEAR(said[row], expected[row], 1e-5) << row;
}

TEST(TreeLearner, HoldsEachRowOutOnceAtMost) {
  // Of 45 rows each, 10 are held out: four parts, and not the 25 that would be 500 rows.
  const Fitting fitting(45, 10);
  std::vector<float> expected(45);
  for (std::uint32_t part = 0; part < 4; ++part) {
    const auto said = fitting.scores(fitting.boosted(part, 10, 4, 64));
    for (std::size_t row = 0; row < said.size(); ++row) expected[row] += said[row] / 4;
  }
  const auto said = fitting.scores(fitting.learned());
  for (std::size_t row = 0; row < said.size(); ++row) EXPECT_NEAR(said[row], expected[row], 1e-5) << row;
}

TEST(TreeLearner, BoostsOnceWhereTheValidationRowsAreEnoughOrGiven) {
  const Fitting many(2600, 260);
  EXPECT_EQ(many.learned(), many.boosted(0, 260, 22, 255));
  Fitting given(600, 100);
  given.task.validation_drawn = false;
  EXPECT_EQ(given.learned(), given.boosted(0, 100, 10, 125));
}

}  // namespace
}  // namespace caloscope
