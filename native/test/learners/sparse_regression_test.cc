#include "core/learners/sparse_regression.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/run/error.h"
#include "test/support/dense_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

const JobControl control;

LogisticRegression fitted(const DenseSamples& samples, SparseSettings settings = {}, unsigned threads = 1) {
  return fit_sparse_regression(samples.part(), settings, tiles_on(threads), control);
}

std::vector<std::size_t> taken(const LogisticRegression& regression) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < regression.weights.size(); ++i) {
    if (regression.weights[i] != 0) columns.push_back(i);
  }
  return columns;
}

/// A hundred columns of noise, of which some are shifted in the reference.
DenseSamples among_noise(std::size_t rows, const std::vector<std::pair<std::size_t, double>>& shifts,
                         std::uint64_t seed) {
  return dense_samples(rows, rows, seed, [&](RandomStream& random, bool reference) {
    auto x = normals_of(random, 100);
    for (const auto& [column, shift] : shifts) x[column] += reference ? shift : 0;
    return x;
  });
}

TEST(SparseRegression, FindsTheColumnsThatDiffer) {
  const DenseSamples samples = among_noise(200, {{17, 1.2}, {60, -0.8}}, 1);
  const auto regression = fitted(samples);
  EXPECT_EQ(taken(regression), (std::vector<std::size_t>{17, 60}));
  // The exact ratio of unit normals is linear with the shifts as weights; 200 rows a class know them to about 0.13.
  EXPECT_NEAR(regression.weights[17], 1.2, 0.4);
  EXPECT_NEAR(regression.weights[60], -0.8, 0.4);
  const auto others = among_noise(2000, {{17, 1.2}, {60, -0.8}}, 2);
  const auto logits = regression.logits(others.rows(), tiles_on(1), control);
  // Φ(√(1.2² + 0.8²)/√2) = 0.8461
  EXPECT_NEAR(area_of({logits.begin(), logits.end()}, others.label), 0.8461, 0.015);
}

TEST(SparseRegression, IsTheRegressionOnTheColumnsThatItTakes) {
  const DenseSamples samples = among_noise(200, {{3, 1.5}}, 5);
  const auto regression = fitted(samples);
  ASSERT_EQ(taken(regression), std::vector<std::size_t>{3});
  DenseSamples alone{1, {}, samples.label};
  for (std::size_t r = 0; r < samples.count(); ++r) alone.values.push_back(samples.row(r)[3]);
  LogisticSettings settings;
  settings.ridges = {1};
  const LabelledDenseRows none{{1, 0, {}}, {}};
  const auto expected = fit_logistic_regression(alone.part(), none, settings, tiles_on(1), control).model;
  EXPECT_NEAR(regression.weights[3], expected.weights[0], 1e-3);
  EXPECT_NEAR(regression.constant, expected.constant, 1e-3);
}

TEST(SparseRegression, TakesHardlyAnythingWhereNothingDiffers) {
  std::size_t columns = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) columns += taken(fitted(among_noise(150, {}, seed))).size();
  // A hundred columns, each taken with a probability below 0.003.
  EXPECT_LE(columns, 12U);
}

TEST(SparseRegression, TakesAColumnOnceAndLeavesConstantOnes) {
  const DenseSamples samples = dense_samples(100, 100, 1, [](RandomStream& random, bool reference) {
    const double x = random.normal() + (reference ? 2 : 0);
    return std::vector<double>{5, x, x, -3 * x, 0};
  });
  const auto regression = fitted(samples);
  regression.validate();
  EXPECT_EQ(taken(regression).size(), 1U);
  EXPECT_EQ(regression.weights[0], 0);
  const DenseSamples constant = dense_samples(20, 20, 3, [](RandomStream&, bool) { return std::vector<double>{1, 2}; });
  EXPECT_TRUE(taken(fitted(constant)).empty());
  const DenseSamples separated = dense_samples(50, 50, 3, [](RandomStream& random, bool reference) {
    return std::vector<double>{random.normal(), reference ? 1.0 : -1.0};
  });
  fitted(separated).validate();
  EXPECT_EQ(taken(fitted(separated)), std::vector<std::size_t>{1});
}

TEST(SparseRegression, HasTheSameBitsForAnyNumberOfThreads) {
  const DenseSamples samples = among_noise(200, {{17, 0.8}, {60, -0.8}}, 1);
  EXPECT_EQ(fitted(samples, {}, 1).weights, fitted(samples, {}, 3).weights);
}

TEST(SparseRegression, RefusesWhatDoesNotFit) {
  const DenseSamples samples = among_noise(10, {}, 1);
  EXPECT_EQ(thrown_code([&] { fitted(samples, {.most_columns = 0}); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([&] { fitted(samples, {.ridge = 0}); }), ErrorCode::argument);
  LabelledDenseRows rows = samples.part();
  rows.label.pop_back();
  EXPECT_EQ(thrown_code([&] { fit_sparse_regression(rows, {}, tiles_on(1), control); }), ErrorCode::shape);
  rows.label.assign(samples.count(), 1);
  EXPECT_EQ(thrown_code([&] { fit_sparse_regression(rows, {}, tiles_on(1), control); }), ErrorCode::too_few_rows);
  JobControl cancelled;
  cancelled.cancel();
  EXPECT_EQ(thrown_code([&] { fit_sparse_regression(samples.part(), {}, tiles_on(1), cancelled); }),
            ErrorCode::cancelled);
}

}  // namespace
}  // namespace caloscope
