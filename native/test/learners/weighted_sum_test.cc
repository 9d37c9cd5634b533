#include "core/learners/weighted_sum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "core/run/random.h"
#include "core/weights/row_weight.h"
#include "test/support/exact_numbers.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

const JobControl control;

/// Logits row by row, as they are drawn.
struct Said {
  std::size_t members = 0;
  std::vector<std::vector<double>> reference, generated;
};

WeightedSum fitted(const Said& said, MemberWeights allowed = MemberWeights::any,
                   const std::vector<double>& reference_weights = {}, const std::vector<double>& generated_weights = {}) {
  const auto by_member = [&](const std::vector<std::vector<double>>& rows) {
    std::vector<float> result;
    for (std::size_t m = 0; m < said.members; ++m) {
      for (const auto& row : rows) result.push_back(static_cast<float>(row[m]));
    }
    return result;
  };
  const auto reference = by_member(said.reference);
  const auto generated = by_member(said.generated);
  const MemberLogits logits{said.members, reference, generated, reference_weights, generated_weights};
  const WeightedSum result = fit_weighted_sum(logits, allowed, control);
  result.validate();
  return result;
}

using Draw = std::function<std::vector<double>(RandomStream& random, bool reference)>;

Said drawn(std::size_t reference, std::size_t generated, std::uint64_t seed, const Draw& draw) {
  RandomStream random(seed, 1);
  Said said;
  for (std::size_t r = 0; r < reference + generated; ++r) {
    (r < reference ? said.reference : said.generated).push_back(draw(random, r < reference));
  }
  said.members = said.reference[0].size();
  return said;
}

/// Three members, 90 and 130 rows, which Python makes alike; the third is turned around by `sign`.
Said exact_members(double sign) {
  ExactNumbers numbers(11);
  Said said{3, {}, {}};
  for (int r = 0; r < 220; ++r) {
    const bool reference = r < 90;
    const double truth = numbers.bell() + (reference ? 1 : 0);
    const double second = numbers.bell() + (reference ? 0.25 : 0);
    const double third = 0.5 * truth + numbers.bell() - (reference ? 0 : 0.5);
    (reference ? said.reference : said.generated).push_back({truth, second, sign * third});
  }
  return said;
}

// scipy 1.17.1: optimize.minimize of Σ c logaddexp(0, ∓f), c = 1/180 and 1/260, method='trust-exact', then Newton steps;
// with bounds method='L-BFGS-B'. The covariance is inv(H) @ B @ inv(H), B the sum over both samples of rows · np.cov of
// the rows' gradients.
TEST(WeightedSum, IsThatOfScipy) {
  const WeightedSum sum = fitted(exact_members(1));
  const double weights[] = {0.703540920380585, 0.04952312117623757, 0.6008915898818976};
  for (std::size_t m = 0; m < 3; ++m) EXPECT_NEAR(sum.weights[m], weights[m], 1e-10);
  EXPECT_NEAR(sum.constant, -0.12328172368604862, 1e-10);
  const double covariance[] = {0.03400662488501186,  0.0019638724350209504,   -0.01732345713800299,
                               -0.01632383418490196, 0.031158191790254433,    -3.981900709767044e-05,
                               -0.00524095641877934, 0.03487085393591279,     0.011434636523102438,
                               0.015417618667763698};
  std::size_t next = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = i; j < 4; ++j) {
      EXPECT_NEAR(sum.covariance[i * 4 + j], covariance[next], 1e-11);
      EXPECT_NEAR(sum.covariance[j * 4 + i], covariance[next], 1e-11);
      ++next;
    }
  }
  EXPECT_FALSE(sum.separable);
}

/// Weights of rows, 0, 1 and 2, and the rows as often as that.
TEST(WeightedSum, CountsRowsByTheirWeights) {
  for (const MemberWeights allowed : {MemberWeights::any, MemberWeights::non_negative}) {
    const Said said = exact_members(-1);
    Said repeated{said.members, {}, {}};
    std::vector<double> weights[2];
    for (const bool reference : {true, false}) {
      const auto& rows = reference ? said.reference : said.generated;
      for (std::size_t row = 0; row < rows.size(); ++row) {
        weights[reference].push_back(static_cast<double>(row % 3));
        for (std::size_t copy = 0; copy < row % 3; ++copy) (reference ? repeated.reference : repeated.generated).push_back(rows[row]);
      }
    }
    const WeightedSum expected = fitted(repeated, allowed), found = fitted(said, allowed, weights[1], weights[0]);
    for (std::size_t m = 0; m < said.members; ++m) EXPECT_NEAR(found.weights[m], expected.weights[m], 1e-9);
    EXPECT_NEAR(found.constant, expected.constant, 1e-9);
    // Rows that are repeated tell nothing new: the error is that of fewer rows.
    EXPECT_GT(found.covariance[0], expected.covariance[0]);
  }
}

TEST(WeightedSum, OfWeightedRowsScattersAsItsCovarianceSays) {
  // Half of the rows of both samples have a weight of −0.25, the others 1.75; both samples are of one density.
  constexpr std::size_t rows = 600;
  std::vector<double> weights(rows);
  for (std::size_t row = 0; row < rows; ++row) weights[row] = row % 2 == 0 ? 1.75 : -0.25;
  std::vector<double> found;
  double expected = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Said said = drawn(rows, rows, seed, [](RandomStream& random, bool) { return std::vector{random.normal()}; });
    const WeightedSum sum = fitted(said, MemberWeights::any, weights, weights);
    found.push_back(sum.weights[0]);
    expected += sum.covariance[0] / 300;
  }
  double square = 0;
  for (const double weight : found) square += weight * weight / 300;
  EXPECT_NEAR(square / expected, 1, 0.25);  // three errors of a variance of 300 numbers
}

TEST(WeightedSum, WithoutNegativeWeightsIsThatOfScipy) {
  const WeightedSum sum = fitted(exact_members(-1), MemberWeights::non_negative);
  EXPECT_NEAR(sum.weights[0], 1.0470841640240922, 1e-6);
  EXPECT_NEAR(sum.weights[1], 0.1361145576831236, 1e-6);
  EXPECT_EQ(sum.weights[2], 0);
  EXPECT_NEAR(sum.constant, -0.38921564258778757, 1e-6);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(sum.covariance[2 * 4 + i], 0);
  EXPECT_NEAR(fitted(exact_members(-1)).weights[2], -0.6008915898818976, 1e-10);
  const WeightedSum none_held = fitted(exact_members(1), MemberWeights::non_negative);
  EXPECT_NEAR(none_held.weights[2], 0.6008915898818976, 1e-8);
}

/// Members of quality: the exact ln ratio of unit normals that lie one deviation apart, and two that add noise to it.
std::vector<double> noisy_members(RandomStream& random, bool reference) {
  const double x = random.normal() + (reference ? 1 : 0);
  const double exact = x - 0.5;
  return {2 * exact + 1, exact + random.normal(), 0.5 * exact + random.normal()};
}

TEST(WeightedSum, RepairsTheScaleOfAMember) {
  const WeightedSum sum = fitted(drawn(20000, 10000, 1, noisy_members));
  const double told[] = {2 * 0.7 + 1, 0.3, -2};
  EXPECT_NEAR(sum.weights[0], 0.5, 4 * std::sqrt(sum.covariance[0]));
  EXPECT_NEAR(sum.weights[1], 0, 4 * std::sqrt(sum.covariance[5]));
  EXPECT_NEAR(sum.log_ratio(told), 0.7, 4 * sum.standard_error(told));
  EXPECT_LT(sum.standard_error(told), 0.05);
  const std::vector<float> strided{2.4F, 9, 0.3F, 9, -2, 9};
  EXPECT_NEAR(sum.log_ratio(LogitsOfRow(strided.data(), 3, 2)), sum.log_ratio(told), 1e-6);
}

TEST(WeightedSum, ScattersAsItsCovarianceSays) {
  // The fit 600 times on new rows, against what one of them says.
  constexpr int times = 600;
  const double told[] = {2, -1, 0.5};
  std::vector<double> ratio, quoted, weight, weight_quoted;
  for (int t = 0; t < times; ++t) {
    const WeightedSum sum = fitted(drawn(300, 200, static_cast<std::uint64_t>(t) + 10, noisy_members));
    ratio.push_back(sum.log_ratio(told));
    quoted.push_back(sum.standard_error(told));
    weight.push_back(sum.weights[1]);
    weight_quoted.push_back(std::sqrt(sum.covariance[1 * 4 + 1]));
  }
  const auto spread_over_quoted = [](const std::vector<double>& values, const std::vector<double>& errors) {
    double mean = 0, square = 0, error = 0;
    for (const double x : values) mean += x / times;
    for (const double x : values) square += (x - mean) * (x - mean) / times;
    for (const double x : errors) error += x / times;
    return std::sqrt(square) / error;
  };
  // 600 times: ± 3 %.
  EXPECT_NEAR(spread_over_quoted(ratio, quoted), 1, 0.1);
  EXPECT_NEAR(spread_over_quoted(weight, weight_quoted), 1, 0.1);
}

TEST(WeightedSum, SharesAlikeAmongIdenticalMembers) {
  const auto copies = [](std::size_t count) {
    return [count](RandomStream& random, bool reference) {
      return std::vector<double>(count, random.normal() + (reference ? 0.7 : 0));
    };
  };
  const WeightedSum one = fitted(drawn(200, 300, 3, copies(1)));
  for (const auto allowed : {MemberWeights::any, MemberWeights::non_negative}) {
    const WeightedSum four = fitted(drawn(200, 300, 3, copies(4)), allowed);
    for (const double w : four.weights) EXPECT_NEAR(w, one.weights[0] / 4, 1e-9);
    EXPECT_NEAR(four.constant, one.constant, 1e-9);
    const double told[] = {1, 1, 1, 1};
    EXPECT_NEAR(four.standard_error(told), one.standard_error(told), 1e-9);
  }
}

TEST(WeightedSum, GivesNothingToMembersThatSayNothing) {
  const auto said = drawn(50, 80, 3, [](RandomStream& random, bool reference) {
    return std::vector<double>{4.25, random.normal() + (reference ? 1 : 0), 0};
  });
  for (const auto allowed : {MemberWeights::any, MemberWeights::non_negative}) {
    const WeightedSum sum = fitted(said, allowed);
    EXPECT_EQ(sum.weights[0], 0);
    EXPECT_GT(sum.weights[1], 0);
    EXPECT_EQ(sum.weights[2], 0);
    EXPECT_GT(sum.covariance[5], 0);
  }
  const auto constant = [](RandomStream&, bool) { return std::vector<double>{0.3, -7}; };
  for (const auto allowed : {MemberWeights::any, MemberWeights::non_negative}) {
    const WeightedSum nothing = fitted(drawn(3, 40, 1, constant), allowed);
    EXPECT_EQ(nothing.weights, (std::vector<double>{0, 0}));
    EXPECT_NEAR(nothing.constant, 0, 1e-15);
    EXPECT_NEAR(nothing.standard_error(std::vector<double>{0.3, -7}), 0, 1e-7);
  }
}

TEST(WeightedSum, WithoutNegativeWeightsGivesNothingToMembersThatAreWrong) {
  const auto said = drawn(300, 300, 3, [](RandomStream& random, bool reference) {
    return std::vector<double>{random.normal() - (reference ? 1 : 0)};
  });
  const WeightedSum sum = fitted(said, MemberWeights::non_negative);
  EXPECT_EQ(sum.weights[0], 0);
  EXPECT_NEAR(sum.constant, 0, 1e-12);
  EXPECT_LT(fitted(said).weights[0], -0.5);
}

TEST(WeightedSum, IsFiniteWhereTheSamplesAreSeparated) {
  for (const double gap : {1e-3, 1.0, 1e6}) {
    for (const std::size_t rows : {1U, 2U, 30U, 1000U}) {
      const auto said = drawn(rows, 2 * rows, 3, [gap](RandomStream& random, bool reference) {
        const double x = random.uniform() + gap;
        return std::vector<double>{reference ? x : -x, random.normal()};
      });
      for (const auto allowed : {MemberWeights::any, MemberWeights::non_negative}) {
        const WeightedSum sum = fitted(said, allowed);
        EXPECT_TRUE(sum.separable);
        if (gap < 1 || rows < 30) continue;
        // Rows of equal distance would all get the logits ln(n+1) and -ln(n+1) of Platt's targets.
        const auto n = static_cast<double>(rows);
        double lowest = 1e9;
        double mean = 0;
        for (const auto& row : said.reference) {
          lowest = std::min(lowest, sum.log_ratio(row));
          mean += sum.log_ratio(row) / n;
        }
        EXPECT_GT(sum.weights[0], 0);
        for (const auto& row : said.generated) EXPECT_LT(sum.log_ratio(row), lowest);
        EXPECT_NEAR(mean, std::log(n + 1), 0.3 * std::log(n + 1));
      }
    }
  }
}

TEST(WeightedSum, EndsWhereSamplesTouch) {
  // Separated but for rows of both that say 0: the best weight is infinite all the same.
  const auto said = drawn(20, 20, 3, [](RandomStream& random, bool reference) {
    const bool zero = random.uniform() < 0.3;
    return std::vector<double>{zero ? 0.0 : (reference ? 1.0 : -1.0)};
  });
  const WeightedSum sum = fitted(said);
  EXPECT_GT(sum.weights[0], 5);
  EXPECT_LT(sum.weights[0], 100);
}

TEST(WeightedSum, TakesLogitsOfAnyScale) {
  const auto scaled = [](double scale) {
    return fitted(drawn(200, 200, 5, [scale](RandomStream& random, bool reference) {
      const double x = random.normal() + (reference ? 1 : 0);
      return std::vector<double>{scale * x, random.normal()};
    }));
  };
  const WeightedSum plain = scaled(1);
  for (const double scale : {1e-20, 1e20}) {
    EXPECT_NEAR(scaled(scale).weights[0] * scale, plain.weights[0], 1e-5);
    EXPECT_NEAR(scaled(scale).weights[1], plain.weights[1], 1e-5);
  }
}

TEST(WeightedSum, RefusesWhatIsNoneOfThis) {
  const std::vector<float> four{1, 2, 3, 4}, three{1, 2, 3}, none, bad{1, 2, 3, NAN};
  const auto fit = [&](std::size_t members, const std::vector<float>& reference, const std::vector<float>& generated) {
    fit_weighted_sum({members, reference, generated}, MemberWeights::any, control);
  };
  EXPECT_EQ(thrown_code([&] { fit(0, four, four); }), ErrorCode::shape);
  EXPECT_EQ(thrown_code([&] { fit(2, four, three); }), ErrorCode::shape);
  EXPECT_EQ(thrown_code([&] { fit(2, four, none); }), ErrorCode::too_few_rows);
  EXPECT_EQ(thrown_code([&] { fit(2, four, bad); }), ErrorCode::non_finite);
  try {
    fit(2, bad, four);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("member 1 for row 1"), std::string::npos) << error.what();
  }
  JobControl cancelled;
  cancelled.cancel();
  EXPECT_EQ(thrown_code([&] { fit_weighted_sum({2, four, four}, MemberWeights::any, cancelled); }), ErrorCode::cancelled);
  EXPECT_EQ(thrown_code([] { WeightedSum{{1}, 0, {1}, false}.validate(); }), ErrorCode::classifier);
  EXPECT_EQ(thrown_code([] { WeightedSum{{NAN}, 0, {1, 0, 0, 1}, false}.validate(); }), ErrorCode::non_finite);
}

}  // namespace
}  // namespace caloscope
