#include "core/weights/density_ratio.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/run/random.h"
#include "cpu/cpu_backend.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

DensityRatioWeights weights_of(const std::vector<double>& logits, const DensityRatioOptions& options = {}) {
  CpuBackend backend(2);
  return density_ratio_weights(std::span<const double>(logits), 1, options, backend, JobControl());
}

TEST(LogWeight, RulesAreTheirDefinitionsInLongDouble) {
  RandomStream random(1, 0);
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<double> logits(1 + random.below(7));
    const double width = std::pow(10, static_cast<double>(trial % 4) - 1);
    for (double& l : logits) l = width * random.normal();
    long double sum = 0, reference = 0, generated = 0, weight = 0;
    for (const double l : logits) {
      sum += l;
      weight += std::exp(static_cast<long double>(l));
      reference += 1 / (1 + std::exp(-static_cast<long double>(l)));
      generated += 1 / (1 + std::exp(static_cast<long double>(l)));
    }
    const auto n = static_cast<long double>(logits.size());
    const auto expect = [&](EnsembleRule rule, long double expected) {
      const auto rounded = static_cast<double>(expected);
      EXPECT_NEAR(log_weight(logits, rule), rounded, 1e-12 + 1e-12 * std::abs(rounded));
    };
    expect(EnsembleRule::mean_logit, sum / n);
    expect(EnsembleRule::mean_probability, std::log(reference / generated));
    expect(EnsembleRule::mean_weight, std::log(weight / n));
  }
}

TEST(LogWeight, ExtremesAreLimits) {
  const auto logit = [](std::vector<double> l) { return log_weight(l, EnsembleRule::mean_logit); };
  const auto probability = [](std::vector<double> l) { return log_weight(l, EnsembleRule::mean_probability); };
  const auto weight = [](std::vector<double> l) { return log_weight(l, EnsembleRule::mean_weight); };
  for (const double l : {-1e308, -5000.0, -800.0, -0.0, 1e-300, 800.0, 5000.0, 1e308, infinity, -infinity}) {
    EXPECT_EQ(logit({l, l}), l);
    if (std::isinf(l)) {
      EXPECT_EQ(probability({l, l}), l);
      EXPECT_EQ(weight({l, l}), l);
    } else {
      EXPECT_NEAR(probability({l, l}), l, 1e-12 * std::abs(l) + 1e-15);
      EXPECT_NEAR(weight({l, l}), l, 1e-12 * std::abs(l) + 1e-15);
    }
  }
  EXPECT_TRUE(std::isnan(logit({infinity, -infinity})));
  EXPECT_EQ(probability({infinity, -infinity}), 0);
  EXPECT_DOUBLE_EQ(probability({infinity, infinity, -infinity}), std::log(2));
  EXPECT_EQ(weight({infinity, -infinity}), infinity);
  EXPECT_DOUBLE_EQ(weight({-900, -infinity}), -900 - std::log(2));
  EXPECT_DOUBLE_EQ(probability({-900, -2000}), -900 - std::log(2));
  EXPECT_DOUBLE_EQ(probability({900, 2000}), 900 + std::log(2));
  EXPECT_TRUE(std::isnan(logit({nan, 1})));
  EXPECT_TRUE(std::isnan(probability({nan, 1})));
  EXPECT_TRUE(std::isnan(weight({nan, infinity})));
}

TEST(DensityRatioWeights, MembersAreReadOneAfterTheOther) {
  const std::vector<float> logits{1, 2, 3, 3, 6, 3};  // two members, three rows
  DensityRatioOptions options;
  options.prior_shift = 0.5;
  CpuBackend backend(2);
  const auto result = density_ratio_weights(std::span<const float>(logits), 2, options, backend, JobControl());
  EXPECT_EQ(result.log_weights, (std::vector<double>{2.5, 4.5, 3.5}));
  EXPECT_EQ(result.weights[0], std::exp(2.5));
  EXPECT_DOUBLE_EQ(result.member_spread, std::sqrt(2));  // of √2, √8, 0
}

TEST(DensityRatioWeights, HealthIsThatOfAPlainLoop) {
  RandomStream random(2, 0);
  std::vector<double> logits(2001);
  for (double& l : logits) l = std::round(random.normal() * 20) / 20;
  logits[7] = nan;
  logits[8] = infinity;
  for (const SampleRole role : {SampleRole::reference, SampleRole::generated}) {
    DensityRatioOptions options;
    options.role = role;
    const WeightHealth health = weights_of(logits, options).health;
    double n = 0, sum = 0, squares = 0, below = 0, above = 0;
    std::vector<double> finite;
    for (const double l : logits) {
      if (!std::isfinite(l)) continue;
      const double w = std::exp(role == SampleRole::reference ? -l : l);
      finite.push_back(l);
      ++n;
      sum += w;
      squares += w * w;
      below += l < 0;
      above += l > 0;
    }
    EXPECT_EQ(health.rows, logits.size());
    EXPECT_EQ(health.non_finite, 2U);
    EXPECT_NEAR(health.mean, sum / n, 1e-12);
    EXPECT_NEAR(health.mean_error, std::sqrt((squares / n - sum * sum / n / n) / (n - 1)), 1e-12);
    EXPECT_NEAR(health.effective_sample_size, sum * sum / squares, 1e-9);
    EXPECT_EQ(health.share_below_one, below / n);
    EXPECT_EQ(health.share_above_one, above / n);
    std::sort(finite.begin(), finite.end());
    EXPECT_EQ(health.quantiles[6].probability, 0.5);
    EXPECT_EQ(health.quantiles[6].log_weight, finite[999]);
    ASSERT_EQ(health.smallest.size(), 10U);
    for (std::size_t i = 0; i < 10; ++i) {
      EXPECT_EQ(health.smallest[i].log_weight, finite[i]);
      EXPECT_EQ(health.largest[i].log_weight, finite[finite.size() - 1 - i]);
      EXPECT_EQ(logits[health.smallest[i].row], finite[i]);
      if (i > 0 && finite[i] == finite[i - 1]) {
        EXPECT_LT(health.smallest[i - 1].row, health.smallest[i].row);
      }
    }
  }
}

TEST(DensityRatioWeights, HealthOfWeightedRowsIsThatOfAPlainLoop) {
  RandomStream random(3, 0);
  std::vector<double> logits(999), rows(999);
  for (std::size_t row = 0; row < 999; ++row) {
    logits[row] = random.normal();
    rows[row] = (row % 4 == 0 ? -1 : 1) * (0.5 + random.uniform());
  }
  logits[5] = nan;
  DensityRatioOptions options;
  options.row_weights = rows;
  const WeightHealth health = weights_of(logits, options).health;
  double sum = 0, products = 0, squares = 0, below = 0, above = 0, scatter = 0;
  for (std::size_t row = 0; row < 999; ++row) {
    if (row == 5) continue;
    sum += rows[row];
    products += rows[row] * std::exp(logits[row]);
    squares += std::pow(rows[row] * std::exp(logits[row]), 2);
    (logits[row] < 0 ? below : above) += rows[row];
  }
  for (std::size_t row = 0; row < 999; ++row) {
    if (row != 5) scatter += std::pow(rows[row] * (std::exp(logits[row]) - products / sum), 2);
  }
  EXPECT_NEAR(health.mean, products / sum, 1e-12);
  EXPECT_NEAR(health.mean_error, std::sqrt(scatter * 998 / 997) / sum, 1e-12);
  EXPECT_NEAR(health.effective_sample_size, products * products / squares, 1e-9);
  EXPECT_NEAR(health.share_below_one, below / sum, 1e-12);
  EXPECT_NEAR(health.share_above_one, above / sum, 1e-12);
  options.row_weights.assign(999, -1);
  EXPECT_EQ(thrown_code([&] { weights_of(logits, options); }), ErrorCode::argument);
}

TEST(DensityRatioWeights, HealthBeyondTheRangeOfDoubles) {
  const auto health = weights_of({-3000, 2000, 2000, 2000}).health;
  EXPECT_EQ(health.mean, infinity);
  EXPECT_DOUBLE_EQ(health.effective_sample_size, 3);
  const auto equal = weights_of({-800, -800}).health;
  EXPECT_EQ(equal.mean, 0);
  EXPECT_EQ(equal.mean_error, 0);
  EXPECT_EQ(equal.effective_sample_size, 2);
  const auto one = weights_of({2}).health;
  EXPECT_DOUBLE_EQ(one.mean, std::exp(2));
  EXPECT_TRUE(std::isnan(one.mean_error));
  EXPECT_EQ(one.smallest.size(), 1U);
  const auto none = weights_of({nan, infinity}).health;
  EXPECT_EQ(none.non_finite, 2U);
  EXPECT_TRUE(std::isnan(none.mean));
  EXPECT_TRUE(none.quantiles.empty());
}

TEST(DensityRatioWeights, ClippingMovesAndCounts) {
  DensityRatioOptions options;
  options.clip = ClipRange{0.5, 4};
  const auto result = weights_of({-infinity, -2, 0, 1, 3, infinity, nan}, options);
  EXPECT_EQ(result.log_weights[0], std::log(0.5));
  EXPECT_EQ(result.log_weights[1], std::log(0.5));
  EXPECT_EQ(result.log_weights[3], 1);
  EXPECT_EQ(result.log_weights[5], std::log(4));
  EXPECT_TRUE(std::isnan(result.log_weights[6]));
  EXPECT_EQ(result.health.clipped_below, 2U);
  EXPECT_EQ(result.health.clipped_above, 2U);
  EXPECT_EQ(result.health.non_finite, 3U);
  EXPECT_EQ(result.health.largest.front().row, 4U);
}

TEST(DensityRatioWeights, RefusesWhatMakesNoWeights) {
  EXPECT_EQ(thrown_code([] { weights_of({}); }), ErrorCode::too_few_rows);
  const std::vector<double> three(3);
  const auto with_members = [&](std::size_t members) {
    CpuBackend backend(1);
    density_ratio_weights(std::span<const double>(three), members, {}, backend, JobControl());
  };
  EXPECT_EQ(thrown_code([&] { with_members(2); }), ErrorCode::shape);
  EXPECT_EQ(thrown_code([&] { with_members(0); }), ErrorCode::shape);
  DensityRatioOptions options;
  options.prior_shift = nan;
  EXPECT_EQ(thrown_code([&] { weights_of({1}, options); }), ErrorCode::argument);
  for (const ClipRange range : {ClipRange{-1, 1}, ClipRange{1, 1}, ClipRange{0, infinity}, ClipRange{nan, 1}}) {
    options = {};
    options.clip = range;
    EXPECT_EQ(thrown_code([&] { weights_of({1}, options); }), ErrorCode::argument);
  }
}

}  // namespace
}  // namespace caloscope
