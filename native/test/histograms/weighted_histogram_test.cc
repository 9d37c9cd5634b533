#include "core/histograms/weighted_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "core/run/random.h"
#include "cpu/cpu_backend.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double tiny = std::numeric_limits<double>::denorm_min();
constexpr std::size_t nowhere = HistogramAxis::nowhere;

using Columns = std::vector<ColumnView>;

/// All rows in one piece.
void fill(WeightedHistogram& histogram, const Columns& coordinates, const Columns& weights, unsigned threads = 1,
          const JobControl& control = JobControl()) {
  std::vector<bool> weighted;
  for (const auto& column : weights) weighted.push_back(!std::holds_alternative<std::monostate>(column));
  const auto* doubles = coordinates.empty() ? nullptr : std::get_if<std::span<const double>>(&coordinates[0]);
  const auto rows = CpuBackend(threads).start_fill(histogram.fill_plan(weighted, doubles ? doubles->size() : 0));
  rows->add(coordinates, weights, control);
  histogram.add(*rows);
}

HistogramAxis regular(std::size_t bins, double lower, double upper) {
  return HistogramAxis::regular(bins, lower, upper, UpperEdge::overflow);
}

std::span<const double> view(const std::vector<double>& column) { return column; }

TEST(HistogramAxis, RegularFollowsBoost) {
  const HistogramAxis axis = regular(100, 0, 1);
  EXPECT_EQ(axis.cell(0.29), 29U);  // bin 28: 0.29 is below 29/100 in this arithmetic
  EXPECT_EQ(axis.cell(0), 1U);
  EXPECT_EQ(axis.cell(-0.0), 1U);
  EXPECT_EQ(axis.cell(-tiny), 0U);
  EXPECT_EQ(axis.cell(-infinity), 0U);
  EXPECT_EQ(axis.cell(1), 101U);
  EXPECT_EQ(axis.cell(infinity), 101U);
  EXPECT_EQ(axis.cell(nan), nowhere);
}

TEST(HistogramAxis, LastBinTakesTheUpperEdgeWhenAsked) {
  const std::vector<HistogramAxis> axes{
      HistogramAxis::regular(3, 0.1, 0.7, UpperEdge::last_bin),
      HistogramAxis::logarithmic(3, 0.1, 0.7, UpperEdge::last_bin),
      HistogramAxis::variable({0.1, 0.2, 0.3, 0.7}, UpperEdge::last_bin),
  };
  for (const auto& axis : axes) {
    EXPECT_EQ(axis.cell(0.7), 3U);
    EXPECT_EQ(axis.cell(std::nextafter(0.7, 1)), 4U);
    EXPECT_EQ(axis.cell(std::nextafter(0.7, 0)), 3U);
    EXPECT_EQ(axis.cell(infinity), 4U);
    EXPECT_EQ(axis.cell(nan), nowhere);
  }
}

TEST(HistogramAxis, LogarithmicIsVariableWithItsEdges) {
  for (const auto& [bins, lower, upper] : std::vector<std::tuple<std::size_t, double, double>>{
           {1, 1e-3, 1e3}, {40, 0.015, 700}, {79, 1e-4, 1e4}, {8, 1e-312, 1e-304}, {1000, 1e-300, 1e300}}) {
    const auto log_axis = HistogramAxis::logarithmic(bins, lower, upper, UpperEdge::overflow);
    const auto edges = log_axis.edges();
    const auto variable = HistogramAxis::variable(edges, UpperEdge::overflow);
    EXPECT_EQ(log_axis, variable);
    ASSERT_EQ(edges.size(), bins + 1);
    EXPECT_EQ(edges.front(), lower);
    EXPECT_EQ(edges.back(), upper);
    for (const double edge : edges) {
      for (const double x : {std::nextafter(edge, 0.0), edge, std::nextafter(edge, infinity)}) {
        EXPECT_EQ(log_axis.cell(x), variable.cell(x));
      }
    }
    for (const double x : {0.0, -0.0, -1.0, -infinity}) EXPECT_EQ(log_axis.cell(x), 0U);
    EXPECT_EQ(log_axis.cell(infinity), bins + 1);
    EXPECT_EQ(log_axis.cell(nan), nowhere);
  }
}

TEST(HistogramAxis, SubnormalRange) {
  const HistogramAxis axis = regular(5, 0, 1e-310);
  EXPECT_EQ(axis.cell(0), 1U);
  EXPECT_EQ(axis.cell(0.5e-310), 3U);
  EXPECT_EQ(axis.cell(1e-310), 6U);
}

TEST(HistogramAxis, RefusesUnsoundAxes) {
  const std::vector<std::function<void()>> unsound{
      [] { regular(0, 0, 1); },
      [] { regular(10, 1, 1); },
      [] { regular(10, 1, 0); },
      [] { regular(10, 0, nan); },
      [] { regular(10, -1.7e308, 1.7e308); },
      [] { regular(std::numeric_limits<std::size_t>::max(), 0, 1); },
      [] { HistogramAxis::logarithmic(10, 0, 1, UpperEdge::overflow); },
      [] { HistogramAxis::logarithmic(10, -1, 1, UpperEdge::overflow); },
      [] { HistogramAxis::logarithmic(100, 1, 1 + 1e-15, UpperEdge::overflow); },
      [] { HistogramAxis::variable({}, UpperEdge::overflow); },
      [] { HistogramAxis::variable({1}, UpperEdge::overflow); },
      [] { HistogramAxis::variable({1, 1}, UpperEdge::overflow); },
      [] { HistogramAxis::variable({1, nan}, UpperEdge::overflow); },
      [] { HistogramAxis::variable({1, infinity}, UpperEdge::overflow); },
  };
  for (const auto& make : unsound) EXPECT_EQ(thrown_code(make), ErrorCode::argument);
}

TEST(WeightedHistogram, RefusesWhatCannotBeHeld) {
  EXPECT_EQ(thrown_code([] { WeightedHistogram({}, 1); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([] { WeightedHistogram({regular(1, 0, 1)}, 0); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([] { WeightedHistogram({regular(1, 0, 1)}, ~std::size_t{0}); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([] { WeightedHistogram(std::vector(9, regular(1, 0, 1)), 1); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([] { WeightedHistogram(std::vector(8, regular(1000, 0, 1)), 1); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([] { WeightedHistogram({regular(99'999'999, 0, 1)}, 1); }), ErrorCode::argument);
}

/// Sums in a map from cells to numbers, row by row.
TEST(WeightedHistogram, SumsAreThoseOfAPlainLoop) {
  RandomStream random(3, 0);
  const std::vector<HistogramAxis> axes{regular(4, -1, 1),
                                        HistogramAxis::logarithmic(3, 0.1, 2, UpperEdge::overflow),
                                        HistogramAxis::variable({-1, -0.5, 2}, UpperEdge::last_bin)};
  WeightedHistogram histogram(axes, 2);
  std::map<std::size_t, std::array<double, 3>> expected;
  std::array<double, 3> expected_nan{};
  for (int part = 0; part < 3; ++part) {
    constexpr std::size_t rows = 5000;
    std::vector<double> x(rows), y(rows), z(rows), w(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      x[i] = random.below(50) == 0 ? nan : random.normal();
      y[i] = random.below(50) == 0 ? infinity : random.normal();
      z[i] = random.below(50) == 0 ? 2 : random.normal();
      w[i] = static_cast<double>(random.below(2000)) / 16 - 40;
      const std::array cells{axes[0].cell(x[i]), axes[1].cell(y[i]), axes[2].cell(z[i])};
      const bool in_no_cell = cells[0] == nowhere;
      auto& sums = in_no_cell ? expected_nan : expected[(cells[0] * 5 + cells[1]) * 4 + cells[2]];
      sums[0] += 1;
      sums[1] += w[i];
      sums[2] += w[i] * w[i];
    }
    const std::vector<float> narrow(w.begin(), w.end());
    fill(histogram, {view(x), view(y), view(z)}, {std::monostate(), std::span<const float>(narrow)});
  }
  const HistogramSums sums = histogram.sums();
  EXPECT_EQ(histogram.cells(), 6U * 5U * 4U);
  for (std::size_t cell = 0; cell < histogram.cells(); ++cell) {
    const auto& [count, sum, squares] = expected[cell];
    EXPECT_EQ(sums.values[cell], count);
    EXPECT_EQ(sums.variances[cell], count);
    EXPECT_EQ(histogram.values(1)[cell], sum);
    EXPECT_EQ(histogram.variances(1)[cell], squares);
  }
  EXPECT_EQ(static_cast<double>(sums.nan_entries), expected_nan[0]);
  EXPECT_EQ(sums.entries + sums.nan_entries, 15000U);
  EXPECT_EQ(sums.nan_values, (std::vector<double>{expected_nan[0], expected_nan[1]}));
  EXPECT_EQ(sums.nan_variances[1], expected_nan[2]);
}

TEST(WeightedHistogram, SameBitsForAnyNumberOfThreads) {
  RandomStream random(4, 0);
  constexpr std::size_t rows = 300'001;
  std::vector<double> x(rows), w(rows);
  for (double& value : x) value = random.normal();
  for (double& value : w) value = std::exp(3 * random.normal());
  std::vector<HistogramSums> results;
  for (unsigned threads = 1; threads <= 4; ++threads) {
    WeightedHistogram histogram({regular(50, -3, 3)}, 1);
    fill(histogram, {view(x)}, {view(w)}, threads);
    results.push_back(histogram.sums());
  }
  for (const auto& result : results) {
    EXPECT_EQ(result.values, results[0].values);
    EXPECT_EQ(result.variances, results[0].variances);
    EXPECT_EQ(result.entries, rows);
  }
}

TEST(WeightedHistogram, EightAxes) {
  WeightedHistogram histogram(std::vector(8, regular(2, 0, 2)), 1);
  EXPECT_EQ(histogram.cells(), 65536U);
  const std::vector<double> column{0.5, 1.5};
  fill(histogram, Columns(8, view(column)), {std::monostate()});
  const auto values = histogram.values(0);
  EXPECT_EQ(values[65535 / 3], 1);      // cell 1 of 4 on every axis
  EXPECT_EQ(values[65535 / 3 * 2], 1);  // cell 2 of 4
}

TEST(WeightedHistogram, AFillThatFailsLeavesNothing) {
  WeightedHistogram histogram({regular(2, 0, 1)}, 1);
  const std::vector<double> x{0.1, 0.2};
  const std::vector<double> bad{1, infinity};
  const std::vector<double> longer{1, 2, 3};
  JobControl cancelled;
  cancelled.cancel();
  const std::vector<double> none;
  EXPECT_EQ(thrown_code([&] { fill(histogram, {view(x)}, {view(bad)}); }), ErrorCode::non_finite);
  EXPECT_EQ(thrown_code([&] { fill(histogram, {view(x)}, {view(longer)}); }), ErrorCode::shape);
  EXPECT_EQ(thrown_code([&] { fill(histogram, {view(x)}, {view(x)}, 1, cancelled); }), ErrorCode::cancelled);
  EXPECT_EQ(thrown_code([&] { fill(histogram, {}, {}); }), ErrorCode::shape);
  fill(histogram, {view(none)}, {view(none)});
  EXPECT_EQ(histogram.sums().entries, 0U);
  EXPECT_EQ(histogram.values(0), std::vector<double>(4));
  EXPECT_EQ(thrown_code([&] { histogram.values(1); }), ErrorCode::argument);
}

TEST(WeightedHistogram, MergeAddsEqualHistogramsOnly) {
  const auto filled = [](const HistogramAxis& axis, std::vector<double> x) {
    auto histogram = std::make_unique<WeightedHistogram>(std::vector{axis}, 1);
    fill(*histogram, {view(x)}, {view(x)});
    return histogram;
  };
  const auto a = filled(regular(2, 0, 1), {0.25, 0.75, 2});
  const auto b = filled(regular(2, 0, 1), {0.25, -1});
  a->merge(*b);
  EXPECT_EQ(a->values(0), (std::vector<double>{-1, 0.5, 0.75, 2}));
  EXPECT_EQ(a->variances(0), (std::vector<double>{1, 0.125, 0.5625, 4}));
  EXPECT_EQ(a->sums().entries, 5U);
  a->merge(*a);
  EXPECT_EQ(a->values(0), (std::vector<double>{-2, 1, 1.5, 4}));
  const auto finer = filled(regular(3, 0, 1), {});
  const auto closed = filled(HistogramAxis::regular(2, 0, 1, UpperEdge::last_bin), {});
  const auto by_edges = filled(HistogramAxis::variable({0, 0.5, 1}, UpperEdge::overflow), {});
  for (const auto& other : {finer.get(), closed.get(), by_edges.get()}) {
    EXPECT_EQ(thrown_code([&] { a->merge(*other); }), ErrorCode::shape);
  }
  EXPECT_EQ(thrown_code([&] { a->add(HistogramSums(3, 1)); }), ErrorCode::shape);
}

}  // namespace
}  // namespace caloscope
