#include "core/learners/mean_weight_error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "core/run/random.h"
#include "core/weights/row_weight.h"

namespace caloscope {
namespace {

const JobControl control;
constexpr std::size_t references = 300, generateds = 400, all = references + generateds, members = 3;

/// Two members that say something of the label, the second turned around, and noise; members × rows.
std::vector<float> drawn_logits() {
  RandomStream random(7, 1);
  std::vector<float> logits(members * all);
  for (std::size_t row = 0; row < all; ++row) {
    const double truth = random.normal() + (row < references ? 0.8 : 0);
    const double second = 0.4 * truth + random.normal();
    const double said[] = {truth, -second, random.normal()};
    for (std::size_t m = 0; m < members; ++m) logits[m * all + row] = static_cast<float>(said[m]);
  }
  return logits;
}

FittedRows without(const std::vector<float>& logits, std::size_t left_out, const std::vector<double>& weights = {}) {
  FittedRows fitted;
  for (std::uint32_t row = 0; row < all; ++row) {
    if (row == left_out) continue;
    fitted.rows.push_back(row);
    if (!weights.empty()) fitted.weights.push_back(weights[row]);
  }
  for (std::size_t m = 0; m < members; ++m) {
    for (const std::uint32_t row : fitted.rows) {
      (row < references ? fitted.reference : fitted.generated).push_back(logits[m * all + row]);
    }
  }
  return fitted;
}

double log_ratio(const WeightedSum& sum, const std::vector<float>& logits, std::size_t row) {
  return sum.log_ratio(LogitsOfRow(logits.data() + row, members, all));
}

double mean_weight(const WeightedSum& sum, const std::vector<float>& logits, bool reference, std::size_t left_out,
                   const std::vector<double>& weights = {}) {
  double total = 0, count = 0;
  for (std::size_t row = reference ? 0 : references; row < (reference ? references : all); ++row) {
    if (row == left_out) continue;
    const double weight = weights.empty() ? 1 : weights[row];
    total += weight * std::exp((reference ? -1 : 1) * log_ratio(sum, logits, row));
    count += weight;
  }
  return total / count;
}

/// Error by the jackknife: everything is computed anew without one row after the other.
double jackknife(const std::function<double(std::size_t left_out)>& statistic) {
  double variance = 0;
  for (const bool reference : {true, false}) {
    const std::size_t first = reference ? 0 : references, rows = reference ? references : generateds;
    std::vector<double> replicas;
    for (std::size_t row = first; row < first + rows; ++row) replicas.push_back(statistic(row));
    const auto n = static_cast<double>(rows);
    const double mean = std::accumulate(replicas.begin(), replicas.end(), 0.0) / n;
    for (const double replica : replicas) variance += (n - 1) / n * (replica - mean) * (replica - mean);
  }
  return std::sqrt(variance);
}

class MeanWeight : public testing::Test {
 protected:
  double error(const std::vector<std::pair<const WeightedSum*, double>>& sums, const WeightedSum& applied,
               bool reference) const {
    std::vector<double> ratios(all);
    for (std::size_t row = 0; row < all; ++row) ratios[row] = log_ratio(applied, logits, row);
    const WeighedSamples samples{label, block, logits, ratios, rows};
    MeanWeightError result(samples, reference);
    const FittedRows everything = without(logits, all);
    for (const auto& [sum, share] : sums) result.add(*sum, everything, share, control);
    return result.value();
  }
  WeightedSum fit_without(std::size_t left_out, MemberWeights allowed) const {
    return fit_weighted_sum(without(logits, left_out).logits(members), allowed, control);
  }

  const std::vector<float> logits = drawn_logits();
  std::vector<std::uint8_t> label = std::vector<std::uint8_t>(all);
  std::vector<std::uint16_t> block = std::vector<std::uint16_t>(all);
  std::vector<std::uint32_t> rows = std::vector<std::uint32_t>(all);

  MeanWeight() {
    std::fill_n(label.begin(), references, std::uint8_t{1});
    std::iota(rows.begin(), rows.end(), 0U);
  }
};

TEST_F(MeanWeight, HasTheErrorOfTheJackknifeOverRows) {
  for (const auto allowed : {MemberWeights::any, MemberWeights::non_negative}) {
    const WeightedSum sum = fit_without(all, allowed);
    for (const bool reference : {true, false}) {
      const double by_rows = jackknife([&](std::size_t left_out) {
        return mean_weight(fit_without(left_out, allowed), logits, reference, left_out);
      });
      EXPECT_NEAR(error({{&sum, 1}}, sum, reference), by_rows, 0.05 * by_rows);
    }
  }
}

TEST_F(MeanWeight, OfWeightedRowsFollowsWhatTheMeanDoesWithTheWeightOfEachRow) {
  // Those of every sixth row are negative.
  RandomStream random(8, 1);
  std::vector<double> weights(all);
  for (std::size_t row = 0; row < all; ++row) weights[row] = (row % 6 == 0 ? -0.5 : 1) * (0.5 + random.uniform());
  const WeightedSum sum = fit_weighted_sum(without(logits, all, weights).logits(members), MemberWeights::any, control);
  std::vector<double> ratios(all);
  for (std::size_t row = 0; row < all; ++row) ratios[row] = log_ratio(sum, logits, row);
  const WeighedSamples samples{label, block, logits, ratios, rows, weights};
  const FittedRows everything = without(logits, all, weights);
  for (const bool reference : {true, false}) {
    MeanWeightError result(samples, reference);
    result.add(sum, everything, 1, control);
    // A row is drawn or not: the variance is the sum of squares of v ∂(mean)/∂v.
    const auto mean_with = [&](std::size_t row, double factor) {
      std::vector<double> changed = weights;
      changed[row] *= factor;
      const auto refitted = fit_weighted_sum(without(logits, all, changed).logits(members), MemberWeights::any, control);
      return mean_weight(refitted, logits, reference, all, changed);
    };
    double variance = 0;
    for (std::size_t row = 0; row < all; ++row) variance += std::pow((mean_with(row, 1.01) - mean_with(row, 0.99)) / 0.02, 2);
    EXPECT_NEAR(result.value(), std::sqrt(variance), 0.01 * result.value());
  }
}

TEST_F(MeanWeight, OfTwoSumsHasThatOfTheirMean) {
  const WeightedSum first = fit_without(all, MemberWeights::any);
  const WeightedSum second = fit_without(all, MemberWeights::non_negative);
  const auto between = [](const WeightedSum& a, const WeightedSum& b) {
    WeightedSum mean = a;
    for (std::size_t m = 0; m < members; ++m) mean.weights[m] = 0.3 * a.weights[m] + 0.7 * b.weights[m];
    mean.constant = 0.3 * a.constant + 0.7 * b.constant;
    return mean;
  };
  const double by_rows = jackknife([&](std::size_t left_out) {
    const auto sum = between(fit_without(left_out, MemberWeights::any), fit_without(left_out, MemberWeights::non_negative));
    return mean_weight(sum, logits, false, left_out);
  });
  EXPECT_NEAR(error({{&first, 0.3}, {&second, 0.7}}, between(first, second), false), by_rows, 0.05 * by_rows);
}

TEST_F(MeanWeight, OfWeightsThatFollowNothingIsTheirScatter) {
  WeightedSum sum = fit_without(all, MemberWeights::any);
  double square = 0;
  const double mean = mean_weight(sum, logits, false, all);
  for (std::size_t row = references; row < all; ++row) square += std::pow(std::exp(log_ratio(sum, logits, row)) - mean, 2);
  EXPECT_NEAR(error({}, sum, false), std::sqrt(square / (generateds - 1) / generateds), 1e-9);
}

TEST_F(MeanWeight, OfWeightsThatAreAllEqualIsNone) {
  const WeightedSum nothing{std::vector<double>(members), 0, std::vector<double>((members + 1) * (members + 1))};
  // The constant follows the rows of both samples in equal parts: 0 whatever rows there are.
  EXPECT_NEAR(error({{&nothing, 1}}, nothing, false), 0, 1e-12);
}

}  // namespace
}  // namespace caloscope
