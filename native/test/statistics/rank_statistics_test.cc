#include "core/statistics/rank_statistics.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "core/run/random.h"
#include "core/statistics/radix_sort.h"
#include "cpu/cpu_backend.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What the samples are made from, for the slow ways to know.
struct Sample {
  std::vector<double> scores;
  std::vector<double> weights = {};

  operator ScoreSample() const { return ScoreSample(std::span<const double>(scores), weights); }
};

CpuBackend& one_thread() {
  static CpuBackend backend(1);
  return backend;
}

AreaUnderCurve area(const Sample& reference, const Sample& generated, const JobControl& control = JobControl()) {
  return area_under_curve(rank_scores(reference, generated, one_thread(), control), control);
}

RocCurve roc(const Sample& reference, const Sample& generated, std::size_t max_points) {
  const JobControl control;
  return roc_curve(rank_scores(reference, generated, one_thread(), control), max_points, control);
}

KolmogorovSmirnov smirnov(const std::vector<double>& first, const std::vector<double>& second) {
  const JobControl control;
  return kolmogorov_smirnov(rank_scores(Sample{first}, Sample{second}, one_thread(), control), control);
}

double kernel(double reference, double generated) {
  if (reference == generated) return 0.5;
  return reference > generated ? 1 : 0;
}

double weight(const Sample& sample, std::size_t row) { return sample.weights.empty() ? 1 : sample.weights[row]; }

double total(const Sample& sample) {
  double sum = 0;
  for (std::size_t row = 0; row < sample.scores.size(); ++row) sum += weight(sample, row);
  return sum;
}

/// AUC and DeLong's variance by their definitions, over all pairs.
struct Slow {
  double area = 0;
  double variance = 0;

  Slow(const Sample& reference, const Sample& generated) {
    const auto component = [](const Sample& of, std::size_t row, const Sample& against, bool turned) {
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
    const auto add = [&](const Sample& of, const Sample& against, bool turned) {
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

Sample random_sample(RandomStream& random, std::size_t rows, double shift, int decimals, bool weighted) {
  Sample sample;
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
  RandomStream random(5, 0);
  for (int trial = 0; trial < 60; ++trial) {
    const bool weighted = trial % 2 == 1;
    const Sample reference = random_sample(random, 20 + random.below(60), 0.5, trial % 4, weighted);
    const Sample generated = random_sample(random, 20 + random.below(60), 0, trial % 4, weighted);
    const AreaUnderCurve fast = area(reference, generated);
    const Slow slow(reference, generated);
    EXPECT_NEAR(fast.value, slow.area, 1e-13);
    EXPECT_NEAR(fast.standard_error, std::sqrt(slow.variance), 1e-12);
    const double z = (fast.value - 0.5) / fast.null_standard_deviation;
    EXPECT_NEAR(fast.p_value, 0.5 * std::erfc(z / std::sqrt(2)), 1e-15);
  }
}

/// AUC and DeLong's variance from one sort of all rows, in long double.
struct Ranked {
  long double area = 0;
  long double variance = 0;

  Ranked(const Sample& reference, const Sample& generated) {
    struct Row {
      double score;
      bool of_reference;
      long double weight;
    };
    std::vector<Row> rows;
    for (std::size_t i = 0; i < reference.scores.size(); ++i) rows.push_back({reference.scores[i], true, weight(reference, i)});
    for (std::size_t i = 0; i < generated.scores.size(); ++i) rows.push_back({generated.scores[i], false, weight(generated, i)});
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.score < b.score; });
    long double totals[2]{};
    long double counts[2]{};
    for (const Row& row : rows) {
      totals[row.of_reference ? 0 : 1] += row.weight;
      counts[row.of_reference ? 0 : 1] += row.weight != 0 ? 1 : 0;
    }
    const auto walk = [&](auto add) {
      long double below[2]{};
      for (std::size_t first = 0; first < rows.size();) {
        std::size_t last = first;
        long double tied[2]{};
        for (; last < rows.size() && rows[last].score == rows[first].score; ++last) {
          tied[rows[last].of_reference ? 0 : 1] += rows[last].weight;
        }
        const long double v_reference = (below[1] + tied[1] / 2) / totals[1];
        const long double v_generated = 1 - (below[0] + tied[0] / 2) / totals[0];
        for (; first < last; ++first) add(rows[first].of_reference, rows[first].weight, v_reference, v_generated);
        for (int side : {0, 1}) below[side] += tied[side];
      }
    };
    walk([&](bool of_reference, long double w, long double v, long double) { area += of_reference ? w * v / totals[0] : 0; });
    long double squares[2]{};
    walk([&](bool of_reference, long double w, long double v_reference, long double v_generated) {
      const long double off = (of_reference ? v_reference : v_generated) - area;
      squares[of_reference ? 0 : 1] += w * w * off * off;
    });
    for (int side : {0, 1}) variance += squares[side] * counts[side] / (counts[side] - 1) / (totals[side] * totals[side]);
  }
};

TEST(AreaUnderCurve, LargeSamplesOnAnyNumberOfThreads) {
  const JobControl control;
  RandomStream random(12, 0);
  for (const int decimals : {1, 4, 15}) {
    for (const bool weighted : {false, true}) {
      const Sample reference = random_sample(random, 300'000, 0.5, decimals, weighted);
      const Sample generated = random_sample(random, 170'001, 0, decimals, false);
      const Ranked expected(reference, generated);
      std::vector<AreaUnderCurve> results;
      for (const unsigned threads : {1U, 2U, 3U}) {
        CpuBackend backend(threads);
        results.push_back(area_under_curve(rank_scores(reference, generated, backend, control), control));
      }
      EXPECT_NEAR(results[0].value, static_cast<double>(expected.area), 1e-14);
      EXPECT_NEAR(results[0].standard_error, static_cast<double>(std::sqrt(expected.variance)), 1e-16);
      for (const auto& result : results) {
        EXPECT_EQ(result.value, results[0].value);
        EXPECT_EQ(result.standard_error, results[0].standard_error);
        EXPECT_EQ(result.null_standard_deviation, results[0].null_standard_deviation);
      }
    }
  }
}

TEST(RadixSort, SortsAsStdStableSort) {
  RandomStream random(13, 0);
  using Row = std::pair<std::uint64_t, std::size_t>;
  for (const std::size_t n : {0U, 1U, 4096U, 4097U, 70'000U}) {
    for (const std::uint64_t mask : {~0ULL, 0xfULL, 0x7fff'ffffULL, 0xff00'0000'0000'0000ULL, 0xe000'0000'7fff'ffffULL,
                                     0xfffc'0000'0000'00ffULL, 0ULL}) {
      std::vector<Row> rows(n);
      for (std::size_t i = 0; i < n; ++i) rows[i] = {((std::uint64_t{random.next()} << 32) | random.next()) & mask, i};
      auto expected = rows;
      std::stable_sort(expected.begin(), expected.end(), [](const Row& a, const Row& b) { return a.first < b.first; });
      radix_sort(rows, [](const Row& row) { return row.first; }, JobControl());
      EXPECT_EQ(rows, expected);
    }
  }
  JobControl cancelled;
  cancelled.cancel();
  std::vector<Row> rows(10'000);
  EXPECT_EQ(thrown_code([&] { radix_sort(rows, [](const Row& row) { return row.first; }, cancelled); }), ErrorCode::cancelled);
}

TEST(AreaUnderCurve, NullSpreadIsThatOfPermutations) {
  RandomStream random(6, 0);
  constexpr int trials = 20000;
  double sum = 0;
  double squares = 0;
  double stated = 0;
  for (int trial = 0; trial < trials; ++trial) {
    Sample reference;
    Sample generated;
    for (int i = 0; i < 12; ++i) reference.scores.push_back(random.below(4));
    for (int i = 0; i < 9; ++i) generated.scores.push_back(random.below(4));
    const AreaUnderCurve result = area(reference, generated);
    sum += result.value - 0.5;
    squares += (result.value - 0.5) * (result.value - 0.5);
    stated += result.null_standard_deviation * result.null_standard_deviation;
  }
  EXPECT_NEAR(sum / trials, 0, 0.005);
  EXPECT_NEAR(squares / stated, 1, 0.04);
}

TEST(AreaUnderCurve, SmallAndExtremeSamples) {
  const AreaUnderCurve one = area({{2}}, {{1}});
  EXPECT_EQ(one.value, 1);
  EXPECT_TRUE(std::isnan(one.standard_error));
  EXPECT_EQ(one.null_standard_deviation, 0.5);
  const AreaUnderCurve equal = area({{3, 3, 3}}, {{3, 3}});
  EXPECT_EQ(equal.value, 0.5);
  EXPECT_EQ(equal.standard_error, 0);
  EXPECT_EQ(equal.null_standard_deviation, 0);
  EXPECT_EQ(equal.p_value, 1);
  EXPECT_EQ(area({{0.0}}, {{-0.0}}).value, 0.5);
  EXPECT_EQ(area({{infinity}}, {{infinity, -infinity}}).value, 0.75);
  constexpr double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(area({{tiny}}, {{0, tiny}}).value, 0.75);
}

TEST(AreaUnderCurve, RefusesWhatHasNoArea) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [&](const Sample& reference, const Sample& generated) {
    return thrown_code([&] { area(reference, generated); });
  };
  EXPECT_EQ(refused({{1, nan}}, {{1}}), ErrorCode::non_finite);
  EXPECT_EQ(refused({{1}}, {{1}, {infinity}}), ErrorCode::non_finite);
  EXPECT_EQ(refused({{1}, {1, 2}}, {{1}}), ErrorCode::shape);
  EXPECT_EQ(refused({}, {{1}}), ErrorCode::too_few_rows);
  EXPECT_EQ(refused({{1}}, {{1}, {0}}), ErrorCode::too_few_rows);
  EXPECT_EQ(refused({{1, 2}, {1, -1}}, {{1}}), ErrorCode::argument);
  JobControl cancelled;
  cancelled.cancel();
  EXPECT_EQ(thrown_code([&] { area({{1}}, {{2}}, cancelled); }), ErrorCode::cancelled);
}

TEST(RocCurve, HasOneStepForEachScore) {
  const RocCurve curve = roc({{3, 2, 2, 0}}, {{2, 1, -1}}, 0);
  const std::vector<double> third{0, 0, 1.0 / 3, 2.0 / 3, 2.0 / 3, 1};
  EXPECT_EQ(curve.false_positive_rate, third);
  EXPECT_EQ(curve.true_positive_rate, (std::vector<double>{0, 0.25, 0.75, 0.75, 1, 1}));
}

/// Counts how often samples are sorted.
class CountingBackend : public CpuBackend {
 public:
  CountingBackend() : CpuBackend(2) {}

  void sort(std::vector<std::uint64_t>& keys, const JobControl& control) override {
    ++sorts;
    CpuBackend::sort(keys, control);
  }
  void sort(std::vector<WeightedScore>& rows, const JobControl& control) override {
    ++sorts;
    CpuBackend::sort(rows, control);
  }

  std::atomic<int> sorts = 0;
};

TEST(RankedScores, AreSortedOnceForAllStatistics) {
  const JobControl control;
  RandomStream random(14, 0);
  for (const bool weighted : {false, true}) {
    const Sample reference = random_sample(random, 5000, 0.5, 2, weighted);
    const Sample generated = random_sample(random, 4000, 0, 2, false);
    CountingBackend backend;
    const RankedScores scores = rank_scores(reference, generated, backend, control);
    const std::size_t row = weighted ? sizeof(WeightedScore) : sizeof(std::uint64_t);
    EXPECT_GE(scores.bytes(), (weighted ? 5000 : 9000) * row);
    for (int again = 0; again < 2; ++again) {
      const RocCurve curve = roc_curve(scores, 100, control);
      const RocCurve separate_curve = roc(reference, generated, 100);
      EXPECT_EQ(curve.false_positive_rate, separate_curve.false_positive_rate);
      EXPECT_EQ(curve.true_positive_rate, separate_curve.true_positive_rate);
      const AreaUnderCurve found = area_under_curve(scores, control);
      const AreaUnderCurve separate = area(reference, generated);
      EXPECT_EQ(found.value, separate.value);
      EXPECT_EQ(found.standard_error, separate.standard_error);
      EXPECT_EQ(found.null_standard_deviation, separate.null_standard_deviation);
      EXPECT_EQ(found.p_value, separate.p_value);
    }
    EXPECT_EQ(backend.sorts, 2);
  }
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
  RandomStream random(8, 0);
  for (const bool weighted : {false, true}) {
    const Sample reference = random_sample(random, 800, 1, weighted ? 2 : 9, weighted);
    const Sample generated = random_sample(random, 700, 0, weighted ? 2 : 9, weighted);
    const RocCurve whole = roc(reference, generated, 0);
    for (const std::size_t points : {2, 3, 20, 60}) {
      const RocCurve thinned = roc(reference, generated, points);
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
  EXPECT_EQ(thrown_code([&] { roc({{1}}, {{2}}, 1); }), ErrorCode::argument);
}

TEST(KolmogorovSmirnov, IsTheLargestDistance) {
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
    EXPECT_NEAR(smirnov(a, b).statistic, largest, 1e-15);
  }
  EXPECT_EQ(smirnov({1, 2}, {1, 2}).p_value, 1);
  EXPECT_EQ(thrown_code([&] { smirnov({}, {1}); }), ErrorCode::too_few_rows);
}

TEST(KolmogorovSmirnov, PValueIsUniformForEqualDensities) {
  RandomStream random(10, 0);
  int below_a_tenth = 0;
  int below_a_half = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> a(80);
    std::vector<double> b(120);
    for (double& x : a) x = random.uniform();
    for (double& x : b) x = random.uniform();
    const double p = smirnov(a, b).p_value;
    below_a_tenth += p < 0.1 ? 1 : 0;
    below_a_half += p < 0.5 ? 1 : 0;
  }
  EXPECT_NEAR(below_a_tenth / double{trials}, 0.1, 0.025);
  EXPECT_NEAR(below_a_half / double{trials}, 0.5, 0.05);
}

}  // namespace
}  // namespace caloscope
