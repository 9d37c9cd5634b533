#include "core/failures/mixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

/// Rows around each center in turn.
std::vector<double> clusters_of(const std::vector<std::vector<double>>& centers, std::size_t rows, double width,
                                std::uint64_t seed) {
  RandomStream random(seed, 0);
  std::vector<double> numbers;
  for (std::size_t row = 0; row < rows; ++row) {
    for (const double at : centers[row % centers.size()]) numbers.push_back(at + width * random.normal());
  }
  return numbers;
}

Mixture best_of(const std::vector<double>& numbers, std::size_t dimensions, std::size_t most, unsigned threads = 1) {
  return best_mixture({numbers, dimensions}, most, 5, tiles_on(threads), JobControl{});
}

TEST(Mixture, FindsAsManyClustersAsThereAre) {
  const auto numbers = clusters_of({{0, 0}, {4, 0}, {0, 5}}, 900, 0.6, 31);
  const auto mixture = best_of(numbers, 2, 6);
  ASSERT_EQ(mixture.components(), 3U);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(mixture.shares[k], 1.0 / 3, 0.02);
    for (std::size_t d = 0; d < 2; ++d) EXPECT_NEAR(mixture.variances[2 * k + d], 0.36, 0.08);
  }
  std::size_t elsewhere = 0;
  for (std::size_t row = 0; row < 900; ++row) {
    const auto component = mixture.component_of({&numbers[2 * row], 2});
    elsewhere += component != mixture.component_of({&numbers[2 * (row % 3)], 2}) ? 1 : 0;
  }
  // Centers are at least 6.7 widths apart: half a row is expected beyond the middle.
  EXPECT_LE(elsewhere, 4U);
}

TEST(Mixture, IsOneNormalWhereThereIsNothingElse) {
  const auto numbers = clusters_of({{1, -2, 0}}, 2000, 1, 32);
  const auto mixture = best_of(numbers, 3, 5);
  ASSERT_EQ(mixture.components(), 1U);
  // Mean and variance of the rows, and the likelihood of a normal distribution at them.
  double log_likelihood = 0;
  for (std::size_t d = 0; d < 3; ++d) {
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < 2000; ++row) sum += numbers[3 * row + d];
    const double mean = sum / 2000;
    for (std::size_t row = 0; row < 2000; ++row) squares += std::pow(numbers[3 * row + d] - mean, 2);
    EXPECT_NEAR(mixture.means[d], mean, 1e-12);
    EXPECT_NEAR(mixture.variances[d], squares / 2000, 1e-12);
    log_likelihood -= 1000 * (std::log(2 * std::numbers::pi * squares / 2000) + 1);
  }
  EXPECT_NEAR(mixture.log_likelihood, log_likelihood, 1e-7);
  EXPECT_NEAR(mixture.information_criterion(2000), -2 * log_likelihood + 6 * std::log(2000.0), 1e-6);
}

TEST(Mixture, TakesEqualRowsAndFewRows) {
  const std::vector<double> equal(40, 1.5);
  EXPECT_EQ(best_of(equal, 2, 4).components(), 1U);
  EXPECT_EQ(best_of({1, 2, 3}, 1, 4).components(), 1U);
  const auto two = fitted_mixture({equal, 2}, 2, 1, JobControl{});
  for (const double mean : two.means) EXPECT_NEAR(mean, 1.5, 1e-12);
}

TEST(Mixture, DoesNotDependOnThreads) {
  const auto numbers = clusters_of({{0, 0}, {3, 3}}, 500, 1, 33);
  EXPECT_EQ(best_of(numbers, 2, 5, 1).means, best_of(numbers, 2, 5, 3).means);
}

TEST(Mixture, RefusesWhatCannotBeFitted) {
  const std::vector<double> numbers{1, 2, 3};
  const auto with = [&](const std::vector<double>& given, std::size_t components) {
    return thrown_code([&] { fitted_mixture({given, 1}, components, 1, JobControl{}); });
  };
  EXPECT_EQ(with(numbers, 0), ErrorCode::argument);
  EXPECT_EQ(with(numbers, 4), ErrorCode::too_few_rows);
  EXPECT_EQ(with({1, std::numeric_limits<double>::infinity()}, 1), ErrorCode::non_finite);
}

}  // namespace
}  // namespace caloscope
