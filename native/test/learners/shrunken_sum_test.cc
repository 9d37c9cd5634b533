#include "core/learners/shrunken_sum.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/run/random.h"
#include "test/support/exact_numbers.h"

namespace caloscope {
namespace {

const JobControl control;

/// Logits as they are drawn, row by row.
struct Said {
  std::size_t members;
  std::vector<std::vector<double>> reference, generated;

  WeightedSum shrunken(const std::vector<WeightedSum>& of_blocks) const {
    const auto first = by_member(reference), second = by_member(generated);
    WeightedSum result = shrunken_sum({members, first, second}, of_blocks, control).sum;
    result.validate();
    return result;
  }
  WeightedSum fitted(MemberWeights allowed) const {
    const auto first = by_member(reference), second = by_member(generated);
    return fit_weighted_sum({members, first, second}, allowed, control);
  }

 private:
  std::vector<float> by_member(const std::vector<std::vector<double>>& rows) const {
    std::vector<float> result;
    for (std::size_t m = 0; m < members; ++m) {
      for (const auto& row : rows) result.push_back(static_cast<float>(row[m]));
    }
    return result;
  }
};

/// Three members, 90 and 130 rows, which Python makes alike.
Said exact_members() {
  ExactNumbers numbers(11);
  Said said{3, {}, {}};
  for (int r = 0; r < 220; ++r) {
    const bool reference = r < 90;
    const double truth = numbers.bell() + (reference ? 1 : 0);
    const double second = numbers.bell() + (reference ? 0.25 : 0);
    const double third = 0.5 * truth + numbers.bell() - (reference ? 0 : 0.5);
    (reference ? said.reference : said.generated).push_back({truth, second, third});
  }
  return said;
}

WeightedSum sum_of(std::vector<double> weights, double constant) {
  const std::size_t size = weights.size() + 1;
  return {std::move(weights), constant, std::vector<double>(size * size)};
}

// numpy 2.4.6: tr(AC) of the matrices written out, the covariances by np.cov.
TEST(ShrunkenSum, IsThatOfNumpy) {
  const std::vector<WeightedSum> close = {sum_of({0.5, 0, 0.2}, 0.1), sum_of({0.7, 0, 0.4}, 0),
                                          sum_of({0.6, 0.1, 0.3}, -0.1)};
  const std::vector<WeightedSum> far = {sum_of({0.1, 0, 0.05}, 0), sum_of({0.2, 0.1, 0}, 0.1),
                                        sum_of({0.15, 0, 0.05}, -0.1)};
  const WeightedSum near = exact_members().shrunken(close);
  const WeightedSum apart = exact_members().shrunken(far);
  const double of_near[] = {0.60127579, 0.03353282, 0.30370746}, of_apart[] = {0.62182858, 0.04713322, 0.51711005};
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_NEAR(near.weights[m], of_near[m], 1e-8);
    EXPECT_NEAR(apart.weights[m], of_apart[m], 1e-8);
  }
  EXPECT_NEAR(near.constant, -0.00151903, 1e-8);
  EXPECT_NEAR(apart.constant, -0.10508318, 1e-8);
  EXPECT_NEAR(near.covariance[0], 0.012321591210679439 * 0.03400662488501186, 1e-10);
  EXPECT_NEAR(apart.covariance[0], 0.8523824782360958 * 0.03400662488501186, 1e-9);
  EXPECT_NEAR(apart.covariance[7], 0.8523824782360958 * -0.00524095641877934, 1e-9);
  EXPECT_NEAR(apart.covariance[15], 0.8523824782360958 * 0.015417618667763698, 1e-9);
}

/// One member that knows the shift by `shift` of unit normals, four that say noise; weights that honest fits would give.
Said with_noise(std::size_t rows, double shift, std::uint64_t seed) {
  RandomStream random(seed, 1);
  Said said{5, {}, {}};
  for (std::size_t r = 0; r < 2 * rows; ++r) {
    const double x = random.normal() + (r < rows ? shift : 0);
    std::vector<double> row{shift * (x - shift / 2)};
    for (int i = 0; i < 4; ++i) row.push_back(0.3 * random.normal());
    (r < rows ? said.reference : said.generated).push_back(row);
  }
  return said;
}

TEST(ShrunkenSum, StaysWhereTheHonestSumIsRightAndRowsAreFew) {
  const std::vector<WeightedSum> honest(5, sum_of({1, 0, 0, 0, 0}, 0));
  double of_best = 0, of_shrunken = 0;
  int stayed = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Said said = with_noise(300, 0.2, seed);
    const WeightedSum best = said.fitted(MemberWeights::any), shrunken = said.shrunken(honest);
    stayed += shrunken.weights == honest[0].weights ? 1 : 0;
    for (const auto& row : said.generated) {
      of_best += std::pow(best.log_ratio(row) - row[0], 2);
      of_shrunken += std::pow(shrunken.log_ratio(row) - row[0], 2);
    }
  }
  // Δ above twice its mean: χ² of about five degrees of freedom above 10, 7.5 %.
  EXPECT_GT(stayed, 48);
  EXPECT_LT(stayed, 60);
  EXPECT_LT(of_shrunken, 0.3 * of_best);
}

TEST(ShrunkenSum, GoesToTheBestWhereTheHonestSumIsWrongAndRowsAreMany) {
  // Weights that are not negative cannot say it.
  const std::vector<WeightedSum> honest(5, sum_of({0, 0, 0, 0, 0}, 0));
  Said said = with_noise(20000, 0.5, 3);
  for (auto* rows : {&said.reference, &said.generated}) {
    for (auto& row : *rows) row[0] *= -1;
  }
  const WeightedSum best = said.fitted(MemberWeights::any), shrunken = said.shrunken(honest);
  EXPECT_NEAR(best.weights[0], -1, 0.1);
  EXPECT_NEAR(shrunken.weights[0] / best.weights[0], 1, 0.01);
  EXPECT_NEAR(shrunken.covariance[0] / best.covariance[0], 1, 0.01);
}

TEST(ShrunkenSum, IsTheBestWhereTheSamplesAreSeparated) {
  const std::vector<WeightedSum> honest(3, sum_of({0}, 0));
  const Said said{1, {{1}, {2}}, {{-1}, {-3}}};
  EXPECT_EQ(said.shrunken(honest).weights, said.fitted(MemberWeights::any).weights);
}

TEST(ShrunkenSum, CountsIdenticalMembersOnce) {
  const auto repeated = [](std::size_t count) {
    Said said = with_noise(500, 0.5, 7);
    said.members = count;
    for (auto* rows : {&said.reference, &said.generated}) {
      for (auto& row : *rows) row.assign(count, row[0]);
    }
    return said;
  };
  const std::vector<WeightedSum> one(5, sum_of({0.2}, 0)), three(5, sum_of({0.1, 0.05, 0.05}, 0));
  const std::vector<double> of_one{0.7}, of_three(3, 0.7);
  const WeightedSum single = repeated(1).shrunken(one), same = repeated(3).shrunken(three);
  EXPECT_NE(single.log_ratio(of_one), one[0].log_ratio(of_one));
  EXPECT_NEAR(same.log_ratio(of_three), single.log_ratio(of_one), 1e-9);
  EXPECT_NEAR(same.standard_error(of_three), single.standard_error(of_one), 1e-9);
}

}  // namespace
}  // namespace caloscope
