#include "core/rank_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/cancellable_sort.h"
#include "core/random.h"
#include "thrown_code.h"

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double kernel(double reference, double generated) {
  if (reference == generated) return 0.5;
  return reference > generated ? 1 : 0;
}

double weight(const ScoreSample& sample, std::size_t row) { return sample.weights.empty() ? 1 : sample.weights[row]; }

double total(const ScoreSample& sample) {
  double sum = 0;
  for (std::size_t row = 0; row < sample.scores.size(); ++row) sum += weight(sample, row);
  return sum;
}

/// AUC and DeLong's variance by their definitions, over all pairs.
struct Slow {
  double area = 0;
  double variance = 0;

  Slow(const ScoreSample& reference, const ScoreSample& generated) {
    const auto component = [](const ScoreSample& of, std::size_t row, const ScoreSample& against, bool turned) {
      double sum = 0;
      for (std::size_t other = 0; other < against.scores.size(); ++other) {
        const double psi = turned ? kernel(against.scores[other], of.scores[row])
                                  : kernel(of.scores[row], against.scores[other]);
        sum += weight(against, other) * psi;
      }
      return sum / total(against);
    };
    for (std::size_t i = 0; i < reference.scores.size(); ++i) {
      area += weight(reference, i) * component(reference, i, generated, false) / total(reference);
    }
    const auto add = [&](const ScoreSample& of, const ScoreSample& against, bool turned) {
      double sum = 0;
      double rows = 0;
      for (std::size_t row = 0; row < of.scores.size(); ++row) {
        const double deviation = component(of, row, against, turned) - area;
        sum += weight(of, row) * weight(of, row) * deviation * deviation;
        rows += weight(of, row) != 0 ? 1 : 0;
      }
      variance += sum * rows / (rows - 1) / (total(of) * total(of));
    };
    add(reference, generated, false);
    add(generated, reference, true);
  }
};

ScoreSample random_sample(RandomStream& random, std::size_t rows, double shift, int decimals, bool weighted) {
  ScoreSample sample;
  const double scale = std::pow(10, decimals);
  for (std::size_t row = 0; row < rows; ++row) {
    double score = std::round((random.normal() + shift) * scale) / scale;
    if (random.below(40) == 0) score = random.below(2) == 0 ? infinity : -infinity;
    if (random.below(40) == 0) score = random.below(2) == 0 ? 0.0 : -0.0;
    sample.scores.push_back(score);
    if (weighted) sample.weights.push_back(random.below(5) == 0 ? 0 : random.normal() + 1.5);
  }
  return sample;
}

TEST(AreaUnderCurve, IsThatOfTheSumOverPairs) {
  const JobControl control;
  RandomStream random(5, 0);
  for (int trial = 0; trial < 60; ++trial) {
    const bool weighted = trial % 2 == 1;
    const ScoreSample reference = random_sample(random, 20 + random.below(60), 0.5, trial % 4, weighted);
    const ScoreSample generated = random_sample(random, 20 + random.below(60), 0, trial % 4, weighted);
    const AreaUnderCurve fast = area_under_curve(reference, generated, control);
    const Slow slow(reference, generated);
    EXPECT_NEAR(fast.value, slow.area, 1e-13);
    EXPECT_NEAR(fast.standard_error, std::sqrt(slow.variance), 1e-12);
    const double z = (fast.value - 0.5) / fast.null_standard_deviation;
    EXPECT_NEAR(fast.p_value, 0.5 * std::erfc(z / std::sqrt(2)), 1e-15);
  }
}

TEST(AreaUnderCurve, NullSpreadIsThatOfPermutations) {
  const JobControl control;
  RandomStream random(6, 0);
  constexpr int trials = 20000;
  double sum = 0;
  double squares = 0;
  double stated = 0;
  for (int trial = 0; trial < trials; ++trial) {
    ScoreSample reference;
    ScoreSample generated;
    for (int i = 0; i < 12; ++i) reference.scores.push_back(random.below(4));
    for (int i = 0; i < 9; ++i) generated.scores.push_back(random.below(4));
    const AreaUnderCurve result = area_under_curve(reference, generated, control);
    sum += result.value - 0.5;
    squares += (result.value - 0.5) * (result.value - 0.5);
    stated += result.null_standard_deviation * result.null_standard_deviation;
  }
  EXPECT_NEAR(sum / trials, 0, 0.005);
  EXPECT_NEAR(squares / stated, 1, 0.04);
}

TEST(AreaUnderCurve, SmallAndExtremeSamples) {
  const JobControl control;
  const AreaUnderCurve one = area_under_curve({{2}}, {{1}}, control);
  EXPECT_EQ(one.value, 1);
  EXPECT_TRUE(std::isnan(one.standard_error));
  EXPECT_EQ(one.null_standard_deviation, 0.5);
  const AreaUnderCurve equal = area_under_curve({{3, 3, 3}}, {{3, 3}}, control);
  EXPECT_EQ(equal.value, 0.5);
  EXPECT_EQ(equal.standard_error, 0);
  EXPECT_EQ(equal.null_standard_deviation, 0);
  EXPECT_EQ(equal.p_value, 1);
  EXPECT_EQ(area_under_curve({{0.0}}, {{-0.0}}, control).value, 0.5);
  EXPECT_EQ(area_under_curve({{infinity}}, {{infinity, -infinity}}, control).value, 0.75);
  constexpr double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(area_under_curve({{tiny}}, {{0, tiny}}, control).value, 0.75);
}

TEST(AreaUnderCurve, RefusesWhatHasNoArea) {
  const JobControl control;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [&](const ScoreSample& reference, const ScoreSample& generated) {
    return code_of([&] { area_under_curve(reference, generated, control); });
  };
  EXPECT_EQ(refused({{1, nan}}, {{1}}), ErrorCode::non_finite);
  EXPECT_EQ(refused({{1}}, {{1}, {infinity}}), ErrorCode::non_finite);
  EXPECT_EQ(refused({{1}, {1, 2}}, {{1}}), ErrorCode::shape);
  EXPECT_EQ(refused({}, {{1}}), ErrorCode::too_few_rows);
  EXPECT_EQ(refused({{1}}, {{1}, {0}}), ErrorCode::too_few_rows);
  EXPECT_EQ(refused({{1, 2}, {1, -1}}, {{1}}), ErrorCode::argument);
  JobControl cancelled;
  cancelled.cancel();
  EXPECT_EQ(code_of([&] { area_under_curve({{1}}, {{2}}, cancelled); }), ErrorCode::cancelled);
}

TEST(RocCurve, HasOneStepForEachScore) {
  const JobControl control;
  const RocCurve curve = roc_curve({{3, 2, 2, 0}}, {{2, 1, -1}}, 0, control);
  const std::vector<double> third{0, 0, 1.0 / 3, 2.0 / 3, 2.0 / 3, 1};
  EXPECT_EQ(curve.false_positive_rate, third);
  EXPECT_EQ(curve.true_positive_rate, (std::vector<double>{0, 0.25, 0.75, 0.75, 1, 1}));
}

/// Smallest |Δx| + |Δy| from a point to the segments of a curve, over a fine grid on each segment.
double distance(double x, double y, const RocCurve& curve) {
  double nearest = infinity;
  for (std::size_t i = 1; i < curve.false_positive_rate.size(); ++i) {
    for (int k = 0; k <= 20; ++k) {
      const double t = k / 20.0;
      const double px = std::lerp(curve.false_positive_rate[i - 1], curve.false_positive_rate[i], t);
      const double py = std::lerp(curve.true_positive_rate[i - 1], curve.true_positive_rate[i], t);
      nearest = std::min(nearest, std::abs(px - x) + std::abs(py - y));
    }
  }
  return nearest;
}

TEST(RocCurve, ThinnedKeepsEndsAndShape) {
  const JobControl control;
  RandomStream random(8, 0);
  for (const bool weighted : {false, true}) {
    const ScoreSample reference = random_sample(random, 800, 1, weighted ? 2 : 9, weighted);
    const ScoreSample generated = random_sample(random, 700, 0, weighted ? 2 : 9, weighted);
    const RocCurve whole = roc_curve(reference, generated, 0, control);
    for (const std::size_t points : {2, 3, 20, 60}) {
      const RocCurve thinned = roc_curve(reference, generated, points, control);
      ASSERT_LE(thinned.false_positive_rate.size(), points);
      EXPECT_EQ(thinned.false_positive_rate.front(), 0);
      EXPECT_EQ(thinned.true_positive_rate.front(), 0);
      EXPECT_NEAR(thinned.false_positive_rate.back(), 1, 1e-15);
      EXPECT_NEAR(thinned.true_positive_rate.back(), 1, 1e-15);
      if (points < 20) continue;
      double length = 0;
      for (std::size_t i = 1; i < whole.false_positive_rate.size(); ++i) {
        length += std::abs(whole.false_positive_rate[i] - whole.false_positive_rate[i - 1]) +
                  std::abs(whole.true_positive_rate[i] - whole.true_positive_rate[i - 1]);
      }
      for (std::size_t i = 0; i < whole.false_positive_rate.size(); ++i) {
        const double off = distance(whole.false_positive_rate[i], whole.true_positive_rate[i], thinned);
        EXPECT_LE(off, length / static_cast<double>(points - 1));
      }
    }
  }
  EXPECT_EQ(code_of([&] { roc_curve({{1}}, {{2}}, 1, control); }), ErrorCode::argument);
}

TEST(KolmogorovSmirnov, IsTheLargestDistance) {
  const JobControl control;
  RandomStream random(9, 0);
  for (int trial = 0; trial < 20; ++trial) {
    const auto a = random_sample(random, 30 + random.below(30), 0.3, trial % 3, false).scores;
    const auto b = random_sample(random, 30 + random.below(30), 0, trial % 3, false).scores;
    const auto share = [](const std::vector<double>& scores, double x) {
      const auto below = std::count_if(scores.begin(), scores.end(), [x](double s) { return s <= x; });
      return static_cast<double>(below) / static_cast<double>(scores.size());
    };
    double largest = 0;
    for (const double x : a) largest = std::max(largest, std::abs(share(a, x) - share(b, x)));
    for (const double x : b) largest = std::max(largest, std::abs(share(a, x) - share(b, x)));
    EXPECT_NEAR(kolmogorov_smirnov(a, b, control).statistic, largest, 1e-15);
  }
  EXPECT_EQ(kolmogorov_smirnov({1, 2}, {1, 2}, control).p_value, 1);
  EXPECT_EQ(code_of([&] { kolmogorov_smirnov({}, {1}, control); }), ErrorCode::too_few_rows);
}

TEST(KolmogorovSmirnov, PValueIsUniformForEqualDensities) {
  const JobControl control;
  RandomStream random(10, 0);
  int below_a_tenth = 0;
  int below_a_half = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> a(80);
    std::vector<double> b(120);
    for (double& x : a) x = random.uniform();
    for (double& x : b) x = random.uniform();
    const double p = kolmogorov_smirnov(a, b, control).p_value;
    below_a_tenth += p < 0.1 ? 1 : 0;
    below_a_half += p < 0.5 ? 1 : 0;
  }
  EXPECT_NEAR(below_a_tenth / double{trials}, 0.1, 0.025);
  EXPECT_NEAR(below_a_half / double{trials}, 0.5, 0.05);
}

TEST(CancellableSort, SortsAsStdSort) {
  const JobControl control;
  RandomStream random(11, 0);
  for (const std::size_t n : {0, 1, 2, 1000, 32768, 32769, 100000, 131072, 200001}) {
    std::vector<double> values(n);
    for (double& value : values) value = std::round(random.normal() * 1000);
    auto expected = values;
    std::sort(expected.begin(), expected.end());
    cancellable_sort(values, [](double a, double b) { return a < b; }, control);
    EXPECT_EQ(values, expected);
  }
}

}  // namespace
}  // namespace caloscope
