#include "core/histograms/histogram_fill.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "core/histograms/weighted_histogram.h"
#include "core/run/error.h"
#include "core/run/random.h"
#include "cpu/cpu_histogram_fill.h"
#include "cpu/kernels/kernel_choice.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double tiny = std::numeric_limits<double>::denorm_min();
constexpr double largest = std::numeric_limits<double>::max();

/// Numbers of one column in either precision, or none (a column that counts).
using Column = std::variant<std::monostate, std::vector<float>, std::vector<double>>;

double number(const Column& column, std::size_t row) {
  if (const auto* floats = std::get_if<std::vector<float>>(&column)) return (*floats)[row];
  if (const auto* doubles = std::get_if<std::vector<double>>(&column)) return (*doubles)[row];
  return 1;
}

std::vector<ColumnView> views(const std::vector<Column>& columns, std::size_t first, std::size_t last) {
  std::vector<ColumnView> result;
  for (const auto& column : columns) {
    result.emplace_back();
    if (const auto* floats = std::get_if<std::vector<float>>(&column)) {
      result.back() = std::span<const float>(*floats).subspan(first, last - first);
    }
    if (const auto* doubles = std::get_if<std::vector<double>>(&column)) {
      result.back() = std::span<const double>(*doubles).subspan(first, last - first);
    }
  }
  return result;
}

struct Input {
  std::vector<HistogramAxis> axes;
  std::vector<Column> coordinates;
  std::vector<Column> weights;
  std::size_t rows = 0;
};

HistogramSums filled(const Input& input, const FillKernels& kernels, unsigned threads = 1,
                     const std::vector<std::size_t>& pieces = {}) {
  WeightedHistogram histogram(input.axes, input.weights.size());
  std::vector<bool> weighted;
  for (const auto& column : input.weights) weighted.push_back(column.index() > 0);
  CpuHistogramFill fill(histogram.fill_plan(weighted, input.rows), kernels, threads);
  std::size_t first = 0;
  for (const std::size_t piece : pieces) {
    fill.add(views(input.coordinates, first, first + piece), views(input.weights, first, first + piece), JobControl());
    first += piece;
  }
  fill.add(views(input.coordinates, first, input.rows), views(input.weights, first, input.rows), JobControl());
  histogram.add(fill);
  return histogram.sums();
}

/// Row by row, in long double: exact for the weights of these tests as far as they are compared exactly.
HistogramSums naive(const Input& input) {
  std::size_t cells = 1;
  for (const auto& axis : input.axes) cells *= axis.cells();
  HistogramSums result(cells, input.weights.size());
  std::vector<long double> sums(2 * (cells + 1) * input.weights.size());
  for (std::size_t row = 0; row < input.rows; ++row) {
    std::size_t cell = 0;
    for (std::size_t a = 0; a < input.axes.size(); ++a) {
      const std::size_t of_axis = input.axes[a].cell(number(input.coordinates[a], row));
      const bool nowhere = cell == cells || of_axis == HistogramAxis::nowhere;
      std::size_t stride = 1;
      for (std::size_t later = a + 1; later < input.axes.size(); ++later) stride *= input.axes[later].cells();
      cell = nowhere ? cells : cell + of_axis * stride;
    }
    ++(cell == cells ? result.nan_entries : result.entries);
    for (std::size_t c = 0; c < input.weights.size(); ++c) {
      const double w = number(input.weights[c], row);
      sums[2 * (c * (cells + 1) + cell)] += w;
      sums[2 * (c * (cells + 1) + cell) + 1] += w * w;
    }
  }
  for (std::size_t c = 0; c < input.weights.size(); ++c) {
    for (std::size_t cell = 0; cell <= cells; ++cell) {
      const std::size_t at = 2 * (c * (cells + 1) + cell);
      (cell < cells ? result.values[c * cells + cell] : result.nan_values[c]) = static_cast<double>(sums[at]);
      (cell < cells ? result.variances[c * cells + cell] : result.nan_variances[c]) = static_cast<double>(sums[at + 1]);
    }
  }
  return result;
}

void expect_same_bits(const HistogramSums& a, const HistogramSums& b, const std::string& what) {
  const auto bits = [](const std::vector<double>& values) {
    std::vector<std::uint64_t> result;
    for (const double value : values) result.push_back(std::bit_cast<std::uint64_t>(value));
    return result;
  };
  EXPECT_EQ(a.entries, b.entries) << what;
  EXPECT_EQ(a.nan_entries, b.nan_entries) << what;
  EXPECT_EQ(bits(a.values), bits(b.values)) << what;
  EXPECT_EQ(bits(a.variances), bits(b.variances)) << what;
  EXPECT_EQ(bits(a.nan_values), bits(b.nan_values)) << what;
  EXPECT_EQ(bits(a.nan_variances), bits(b.nan_variances)) << what;
}

/// Axes of every kind, easy and hard ones.
std::vector<std::pair<std::string, HistogramAxis>> axes() {
  constexpr auto overflow = UpperEdge::overflow;
  constexpr auto last_bin = UpperEdge::last_bin;
  std::vector<double> clustered{-1e290, -5};
  for (int i = 0; i < 300; ++i) clustered.push_back(1 + i * 0x1p-52);
  clustered.push_back(1e-3 + 2);
  clustered.push_back(largest);
  std::vector<double> powers;
  for (int i = -1070; i < 1024; i += 9) powers.push_back(std::ldexp(1, i));
  std::vector<double> mirrored{-8e307, -1e10, -3, -0.5, -1e-3, -1e-300, 0, 1e-300, 1e-3, 0.5, 3, 1e10, 8e307};
  std::vector<double> uneven;
  for (int i = 0; i <= 100; ++i) uneven.push_back(std::pow(i / 100.0, 3) * 6 - 3);
  return {
      {"regular", HistogramAxis::regular(100, -3, 3, overflow)},
      {"regular, closed", HistogramAxis::regular(7, -0.3, 0.7, last_bin)},
      {"one bin", HistogramAxis::regular(1, 0, 1, last_bin)},
      {"whole numbers", HistogramAxis::regular(10, 0, 10, overflow)},
      {"many bins", HistogramAxis::regular(1'000'003, -4, 4, overflow)},
      {"far from 0", HistogramAxis::regular(50, 1e9, 1e9 + 1, overflow)},
      {"a few numbers wide", HistogramAxis::regular(100, 1, 1 + 0x1p-50, last_bin)},
      {"subnormal", HistogramAxis::regular(5, 0, 1e-310, overflow)},
      {"huge", HistogramAxis::regular(5, -8e307, 8e307, last_bin)},
      {"logarithmic", HistogramAxis::logarithmic(40, 1e-2, 1e2, overflow)},
      {"logarithmic, closed", HistogramAxis::logarithmic(1000, 1e-300, 1e300, last_bin)},
      {"logarithmic, subnormal", HistogramAxis::logarithmic(8, 1e-312, 1e-304, overflow)},
      {"variable", HistogramAxis::variable(uneven, overflow)},
      {"variable, two edges", HistogramAxis::variable({0, 1}, last_bin)},
      {"clustered", HistogramAxis::variable(clustered, overflow)},
      {"powers of 2", HistogramAxis::variable(powers, last_bin)},
      {"mirrored", HistogramAxis::variable(mirrored, last_bin)},
      {"up to the largest", HistogramAxis::variable({0, 1, largest}, last_bin)},
      {"subnormal edges", HistogramAxis::variable({-3 * tiny, -tiny, 0, tiny, 2 * tiny, 9 * tiny}, overflow)},
  };
}

/// Random numbers over the axis and beyond, its edges and their neighbours, whole numbers, and everything special.
std::vector<double> telling_numbers(const HistogramAxis& axis, std::size_t rows, RandomStream& random) {
  std::vector<double> special{0.0, -0.0, tiny, -tiny, largest, -largest, infinity, -infinity, nan, -nan,
                              std::bit_cast<double>(0x7ff8'0000'dead'beefULL), 1e-310, -1e-310, 0.29, 1, -1};
  const auto edges = axis.edges();
  std::vector<double> result(rows);
  for (double& x : result) {
    const std::size_t kind = random.below(8);
    const double edge = edges[random.below(static_cast<std::uint32_t>(edges.size()))];
    if (kind == 0) x = special[random.below(static_cast<std::uint32_t>(special.size()))];
    else if (kind == 1) x = edge;
    else if (kind == 2) x = std::nextafter(edge, random.below(2) == 0 ? -infinity : infinity);
    else if (kind == 3) x = static_cast<double>(random.below(20)) - 5;
    else if (kind == 4) x = random.normal();
    else if (kind == 5) x = std::exp(10 * random.normal());
    else x = axis.lower() + (random.uniform() * 1.2 - 0.1) * (axis.upper() - axis.lower());
  }
  return result;
}

std::vector<float> narrowed(const std::vector<double>& values) {
  std::vector<float> result;
  for (const double value : values) {
    const bool too_large = std::isfinite(value) && std::abs(value) > 3e38;
    result.push_back(too_large ? std::copysign(std::numeric_limits<float>::max(), static_cast<float>(value > 0 ? 1 : -1))
                               : static_cast<float>(value));
  }
  return result;
}

TEST(HistogramFill, EveryNumberGoesWhereTheAxisSays) {
  for (const auto* set : supported_kernel_sets()) {
    RandomStream random(11, 0);
    for (const auto& [name, axis] : axes()) {
      const std::vector<double> x = telling_numbers(axis, 3000, random);
      for (const bool narrow : {false, true}) {
        Input input{{axis}, {narrow ? Column(narrowed(x)) : Column(x)}, {std::monostate()}, x.size()};
        expect_same_bits(filled(input, *set->fill), naive(input), name + " " + set->name);
      }
    }
  }
}

TEST(HistogramFill, RowsFarFromEdgesToo) {
  // No row near the border of a bin: the way of regular axes that never divides.
  RandomStream random(12, 0);
  std::vector<double> x(5000);
  for (double& value : x) value = (static_cast<double>(random.below(140)) - 20 + 0.1 + 0.8 * random.uniform()) / 100;
  Input input{{HistogramAxis::regular(100, 0, 1, UpperEdge::overflow)}, {x}, {std::monostate()}, x.size()};
  for (const auto* set : supported_kernel_sets()) expect_same_bits(filled(input, *set->fill), naive(input), set->name);
}

Input mixed_input(std::size_t rows, std::uint64_t seed, bool whole_weights) {
  RandomStream random(seed, 0);
  Input input;
  input.rows = rows;
  input.axes = {HistogramAxis::regular(4, -1, 1, UpperEdge::overflow),
                HistogramAxis::logarithmic(3, 0.1, 2, UpperEdge::overflow),
                HistogramAxis::variable({-1, -0.5, 2}, UpperEdge::last_bin)};
  std::vector<double> columns[3];
  std::vector<double> weights[3];
  for (std::size_t i = 0; i < rows; ++i) {
    for (auto& column : columns) column.push_back(random.below(40) == 0 ? nan : random.normal());
    for (auto& column : weights) {
      const double whole = static_cast<double>(random.below(2000)) / 16 - 40;
      column.push_back(whole_weights ? whole : std::exp(3 * random.normal()) * (random.below(2) == 0 ? -1 : 1));
    }
  }
  input.coordinates = {columns[0], narrowed(columns[1]), columns[2]};
  input.weights = {weights[0], std::monostate(), narrowed(weights[1]), std::monostate(), weights[2]};
  return input;
}

TEST(HistogramFill, SumsAreThoseOfAPlainLoop) {
  for (const std::size_t rows : {0U, 1U, 3U, 5U, 7U, 127U, 128U, 129U, 511U, 512U, 513U, 1025U, 40'000U}) {
    const Input input = mixed_input(rows, 100 + rows, true);
    const HistogramSums expected = naive(input);
    for (const auto* set : supported_kernel_sets()) {
      expect_same_bits(filled(input, *set->fill), expected, std::to_string(rows) + " rows, " + set->name);
    }
  }
}

TEST(HistogramFill, CellsOfAnyNumber) {
  // On either side of where the number of copies of a cell changes.
  for (const std::size_t bins : {1U, 61U, 62U, 63U, 1021U, 1022U, 1023U, 5000U}) {
    RandomStream random(bins, 0);
    Input input{{HistogramAxis::regular(bins, 0, 1, UpperEdge::overflow)}, {}, {}, 20'001};
    std::vector<double> x(input.rows);
    std::vector<double> w(input.rows);
    for (double& value : x) value = random.uniform() * 1.1 - 0.05;
    for (double& value : w) value = static_cast<double>(random.below(100)) - 30;
    input.coordinates = {x};
    input.weights = {w, narrowed(w), std::monostate()};
    for (const auto* set : supported_kernel_sets()) {
      expect_same_bits(filled(input, *set->fill), naive(input), std::to_string(bins) + " bins, " + set->name);
    }
  }
}

TEST(HistogramFill, SameBitsForAnyThreadsAndKernelSet) {
  const Input input = mixed_input(300'001, 5, false);
  const std::vector<std::size_t> pieces{100'000, 1, 0, 77'777};
  const HistogramSums one = filled(input, *supported_kernel_sets().back()->fill);
  const HistogramSums in_pieces = filled(input, *supported_kernel_sets().back()->fill, 1, pieces);
  for (const auto* set : supported_kernel_sets()) {
    for (unsigned threads = 1; threads <= 5; ++threads) {
      const std::string what = std::to_string(threads) + " threads, " + set->name;
      expect_same_bits(filled(input, *set->fill, threads), one, what);
      expect_same_bits(filled(input, *set->fill, threads, pieces), in_pieces, what);
    }
  }
  // The bound of a plain sum's rounding error, in units of the sum of |w|.
  const HistogramSums exact = naive(input);
  Input magnitudes = input;
  for (auto& column : magnitudes.weights) {
    if (auto* doubles = std::get_if<std::vector<double>>(&column)) for (double& w : *doubles) w = std::abs(w);
    if (auto* floats = std::get_if<std::vector<float>>(&column)) for (float& w : *floats) w = std::abs(w);
  }
  const HistogramSums scale = naive(magnitudes);
  for (const auto* sums : {&one, &in_pieces}) {
    for (std::size_t i = 0; i < sums->values.size(); ++i) {
      EXPECT_NEAR(sums->values[i], exact.values[i], 1e-13 * scale.values[i]);
      EXPECT_NEAR(sums->variances[i], exact.variances[i], 1e-13 * scale.variances[i]);
    }
  }
}

TEST(HistogramFill, WeightsOfEverySize) {
  const std::vector<double> w{tiny, -tiny, 1e-310, 1e200, -1e200, largest, -largest, 0.0, -0.0, 1.5, -2.5};
  const std::vector<double> x(w.size(), 0.5);
  Input input{{HistogramAxis::regular(1, 0, 1, UpperEdge::overflow)}, {x}, {w}, w.size()};
  for (const auto* set : supported_kernel_sets()) {
    const HistogramSums sums = filled(input, *set->fill);
    EXPECT_TRUE(std::isfinite(sums.values[1]));
    EXPECT_EQ(sums.variances[1], infinity);
  }
  input.coordinates = {std::vector<double>(3, 0.5)};
  input.weights = {std::vector<double>{tiny, 4 * tiny, -2 * tiny}};
  input.rows = 3;
  for (const auto* set : supported_kernel_sets()) EXPECT_EQ(filled(input, *set->fill).values[1], 3 * tiny);
}

TEST(HistogramFill, RefusesWeightsThatAreNotFiniteAndNamesTheRow) {
  constexpr std::size_t rows = 40'000;
  for (const auto* set : supported_kernel_sets()) {
    for (const std::size_t bad : {0U, 1U, 5U, 510U, 512U, 39'999U}) {
      for (const double value : {nan, infinity, -infinity}) {
        for (const bool narrow : {false, true}) {
          std::vector<double> w(rows, 1.0);
          w[bad] = value;
          const std::vector<double> x(rows, 0.5);
          Input input{{HistogramAxis::regular(1, 0, 1, UpperEdge::overflow)}, {x}, {x, narrow ? Column(narrowed(w)) : Column(w)},
                      rows};
          try {
            filled(input, *set->fill, 2, {400, 100});
            ADD_FAILURE() << "not refused";
          } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::non_finite);
            EXPECT_NE(std::string(error.what()).find("row " + std::to_string(bad) + " of weight column 1 "),
                      std::string::npos)
                << error.what();
          }
        }
      }
    }
  }
}

TEST(HistogramFill, CountsAreExact) {
  constexpr std::size_t rows = 1'000'003;
  const std::vector<float> x(rows, 0.5F);
  const Input input{{HistogramAxis::regular(1, 0, 1, UpperEdge::overflow)}, {x}, {std::monostate()}, rows};
  const HistogramSums sums = filled(input, *supported_kernel_sets().front()->fill, 3);
  EXPECT_EQ(sums.values, (std::vector<double>{0, rows, 0}));
  EXPECT_EQ(sums.variances, sums.values);
  EXPECT_EQ(sums.entries, rows);
}

TEST(HistogramFill, IsOverAfterAnError) {
  WeightedHistogram histogram({HistogramAxis::regular(1, 0, 1, UpperEdge::overflow)}, 1);
  const std::vector<double> x{0.5};
  const std::vector<double> bad{nan};
  const std::vector<ColumnView> good_column{std::span<const double>(x)};
  const std::vector<ColumnView> bad_column{std::span<const double>(bad)};
  CpuHistogramFill fill(histogram.fill_plan({true}, 1), *supported_kernel_sets().front()->fill, 1);
  fill.add(good_column, good_column, JobControl());
  EXPECT_EQ(thrown_code([&] { fill.add(good_column, bad_column, JobControl()); }), ErrorCode::non_finite);
  EXPECT_EQ(thrown_code([&] { fill.add(good_column, good_column, JobControl()); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([&] { histogram.add(fill); }), ErrorCode::argument);
  EXPECT_EQ(histogram.values(0), std::vector<double>(3));

  CpuHistogramFill counts(histogram.fill_plan({false}, 1), *supported_kernel_sets().front()->fill, 1);
  EXPECT_EQ(thrown_code([&] { counts.add(good_column, good_column, JobControl()); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([&] { histogram.fill_plan({true, true}, 1); }), ErrorCode::shape);
  WeightedHistogram other({HistogramAxis::regular(2, 0, 1, UpperEdge::overflow)}, 1);
  CpuHistogramFill unfilled(histogram.fill_plan({true}, 1), *supported_kernel_sets().front()->fill, 1);
  EXPECT_EQ(thrown_code([&] { other.add(unfilled); }), ErrorCode::shape);
}

}  // namespace
}  // namespace caloscope
