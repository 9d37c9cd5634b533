#include "core/calibration/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "core/calibration/isotonic.h"
#include "core/calibration/probability.h"
#include "core/calibration/reliability.h"
#include "core/run/error.h"
#include "core/run/job_control.h"
#include "core/run/names.h"
#include "core/run/random.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

const JobControl control;

/// Labels drawn with probability sigmoid(logit/2); logits are multiples of `step`, so that they repeat.
CalibrationSet drawn_set(std::size_t rows, std::uint64_t seed, double step) {
  RandomStream random(seed, 0);
  CalibrationSet set;
  for (std::size_t row = 0; row < rows; ++row) {
    const double logit = std::round(random.normal() * 2 / step) * step;
    set.logits.push_back(logit);
    set.labels.push_back(random.uniform() < sigmoid(logit / 2));
    set.weights.push_back(0.5 + random.uniform());
  }
  return set;
}

/// max over i ≤ x of the min over j ≥ x of the mean between them: isotonic regression at x, by its definition.
double min_max_regression(const CalibrationSet& set, double x) {
  std::map<double, std::pair<double, double>> groups;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    auto& [weight, reference] = groups[set.logits[row]];
    weight += set.weight(row);
    reference += set.labels[row] ? set.weight(row) : 0;
  }
  double largest = 0;
  for (auto first = groups.begin(); first != groups.end() && first->first <= x; ++first) {
    double weight = 0, reference = 0, least = 1;
    for (auto last = first; last != groups.end(); ++last) {
      weight += last->second.first;
      reference += last->second.second;
      if (last->first >= x) least = std::min(least, reference / weight);
    }
    largest = std::max(largest, least);
  }
  return largest;
}

double mean_weight(const CalibrationSet& set, std::uint8_t label) {
  double sum = 0, rows = 0;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    if (set.labels[row] != label) continue;
    sum += set.weight(row);
    rows += 1;
  }
  return sum / rows;
}

TEST(VennAbers, IsTheRegressionWithTheRowAddedTwice) {
  for (const double step : {1e-9, 0.3, 2.0}) {
    const CalibrationSet set = drawn_set(60, 5, step);
    const std::vector<double> queries{-20, -1.2, 0, set.logits[3], set.logits[40], 0.9, 20};
    const Calibrated found = calibrate(CalibrationMethod::venn_abers, set, queries, control);
    for (std::size_t i = 0; i < queries.size(); ++i) {
      for (const std::uint8_t label : {std::uint8_t{0}, std::uint8_t{1}}) {
        CalibrationSet with = set;
        with.logits.push_back(queries[i]);
        with.labels.push_back(label);
        with.weights.push_back(mean_weight(set, label));
        EXPECT_NEAR((label ? found.upper : found.lower)[i], min_max_regression(with, queries[i]), 1e-12);
      }
      EXPECT_NEAR(found.log_odds[i], std::log(found.upper[i] / (1 - found.lower[i])), 1e-12);
    }
  }
}

TEST(IsotonicRegression, IsMaxMinAtEveryRow) {
  const CalibrationSet set = drawn_set(80, 9, 0.4);
  const std::vector<double> labels(set.labels.begin(), set.labels.end());
  const IsotonicFunction function = isotonic_regression(set.logits, labels, set.weights, {});
  for (const double x : set.logits) EXPECT_NEAR(function.at(x), min_max_regression(set, x), 1e-12);
  EXPECT_EQ(function.at(-100), function.y.front());
  EXPECT_EQ(function.at(100), function.y.back());
}

TEST(Calibration, CrossCalibrationTakesTheRowsOfOtherFolds) {
  const CalibrationSet set = drawn_set(90, 2, 0.1);
  std::vector<std::uint16_t> fold(set.rows());
  for (std::size_t row = 0; row < fold.size(); ++row) fold[row] = static_cast<std::uint16_t>(row % 3);
  for (std::size_t method = 0; method < value_count<CalibrationMethod>(); ++method) {
    const auto name = static_cast<CalibrationMethod>(method);
    const CrossCalibrated all = cross_calibrate(name, set, fold, false, control);
    CalibrationSet others;
    for (std::size_t row = 0; row < set.rows(); ++row) {
      if (fold[row] == 1) continue;
      others.logits.push_back(set.logits[row]);
      others.labels.push_back(set.labels[row]);
      others.weights.push_back(set.weights[row]);
    }
    const std::vector<double> query{set.logits[4]};
    EXPECT_EQ(all.rows.log_odds[4], calibrate(name, others, query, control).log_odds[0]) << name_of(name);
  }
}

TEST(Calibration, RefusesWhatItCannotBeFittedTo) {
  const std::vector<double> query{0};
  const auto code = [&](const CalibrationSet& set) {
    return thrown_code([&] { calibrate(CalibrationMethod::platt, set, query, control); });
  };
  EXPECT_EQ(code({{1, 2}, {1, 1}, {}}), ErrorCode::too_few_rows);
  EXPECT_EQ(code({{1, 2}, {0, 1}, {1, 0}}), ErrorCode::too_few_rows);
  EXPECT_EQ(code({{1, 2}, {0, 1}, {1, -1}}), ErrorCode::argument);
  EXPECT_EQ(code({{1, 2}, {0}, {}}), ErrorCode::shape);
  EXPECT_EQ(code({{1, std::numeric_limits<double>::infinity()}, {0, 1}, {}}), ErrorCode::non_finite);
}

TEST(Reliability, CountsEveryRowOnce) {
  StatedRows rows;
  RandomStream random(3, 0);
  for (int row = 0; row < 500; ++row) {
    rows.probabilities.push_back(std::round(random.uniform() * 20) / 20);
    rows.labels.push_back(random.uniform() < rows.probabilities.back());
  }
  for (const BinSpacing spacing : {BinSpacing::uniform, BinSpacing::quantile}) {
    const Reliability found = reliability(rows, {10, spacing, true, 20, 1}, control);
    std::size_t counted = 0;
    for (const ReliabilityBin& bin : found.bins) {
      counted += bin.reference + bin.generated;
      EXPECT_LE(bin.lower, bin.mean_probability);
      EXPECT_GE(bin.upper, bin.mean_probability);
      EXPECT_LE(bin.frequency_low, bin.frequency);
      EXPECT_GE(bin.frequency_high, bin.frequency);
    }
    EXPECT_EQ(counted, rows.labels.size());
    EXPECT_GT(found.error.expected, 0);
  }
}

}  // namespace
}  // namespace caloscope
