// Weighted fills by the core and by Boost.Histogram, on the same arrays in one process, each on as many threads as it is
// told (Boost: one). Speaks the protocol of benchmarks/harness/peer-process.mjs:
//
//   histogram_fill WORKLOAD ROWS THREADS        regular, variable, columns or tenths
//   ours, theirs → seconds of one fill; one-thread → ours on one thread, in place of theirs;
//   difference → the largest relative difference of any Σw or Σw² of the two
#include <algorithm>
#include <boost/histogram.hpp>
#include <boost/version.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "core/histograms/weighted_histogram.h"
#include "core/run/random.h"
#include "cpu/cpu_backend.h"

namespace {

namespace bh = boost::histogram;
using caloscope::ColumnView;
using caloscope::HistogramAxis;
using Doubles = std::vector<double>;

constexpr std::size_t bins = 100;
constexpr double lower = -3;
constexpr double upper = 3;

struct Workload {
  std::optional<Doubles> edges;  // without: a regular axis
  Doubles x;
  std::vector<Doubles> weights;
};

Workload workload_of(const std::string& name, std::size_t rows) {
  Workload made;
  caloscope::RandomStream random(1, 0);
  made.x.resize(rows);
  for (double& x : made.x) x = name == "tenths" ? std::floor(10 * random.normal()) / 10 : random.normal();
  made.weights.resize(name == "columns" ? 10 : 1, Doubles(rows));
  for (auto& column : made.weights) {
    for (double& w : column) w = std::exp(0.3 * random.normal());
  }
  if (name == "variable") {
    // Quantiles of a wide distribution, as one chooses bins of equal content.
    Doubles edges(bins + 1);
    for (std::size_t i = 0; i <= bins; ++i) {
      const double t = 2.0 * static_cast<double>(i) / bins - 1;
      edges[i] = upper * (0.4 * t + 0.6 * t * t * t);
    }
    made.edges = edges;
  }
  return made;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double fill_ours(const Workload& work, unsigned threads, std::optional<caloscope::HistogramSums>& sums) {
  const auto axis = work.edges ? HistogramAxis::variable(*work.edges, caloscope::UpperEdge::overflow)
                               : HistogramAxis::regular(bins, lower, upper, caloscope::UpperEdge::overflow);
  const std::vector<ColumnView> coordinates{std::span<const double>(work.x)};
  std::vector<ColumnView> weights;
  for (const auto& column : work.weights) weights.emplace_back(std::span<const double>(column));
  const auto start = std::chrono::steady_clock::now();
  caloscope::WeightedHistogram histogram({axis}, weights.size());
  const auto plan = histogram.fill_plan(std::vector<bool>(weights.size(), true), work.x.size());
  const auto fill = caloscope::CpuBackend(threads).start_fill(plan);
  fill->add(coordinates, weights, caloscope::JobControl());
  histogram.add(*fill);
  const double seconds = seconds_since(start);
  sums = histogram.sums();
  return seconds;
}

template <class Axis>
double fill_boost(const Workload& work, const Axis& axis, caloscope::HistogramSums& sums) {
  double seconds = 0;
  for (std::size_t c = 0; c < work.weights.size(); ++c) {
    const auto start = std::chrono::steady_clock::now();
    auto histogram = bh::make_histogram_with(bh::weight_storage(), axis);
    histogram.fill(work.x, bh::weight(work.weights[c]));
    seconds += seconds_since(start);
    for (std::size_t cell = 0; cell < bins + 2; ++cell) {
      const auto& content = histogram.at(static_cast<int>(cell) - 1);
      sums.values[c * (bins + 2) + cell] = content.value();
      sums.variances[c * (bins + 2) + cell] = content.variance();
    }
  }
  return seconds;
}

double fill_theirs(const Workload& work, std::optional<caloscope::HistogramSums>& sums) {
  sums.emplace(bins + 2, work.weights.size());
  if (work.edges) return fill_boost(work, bh::axis::variable<>(*work.edges), *sums);
  return fill_boost(work, bh::axis::regular<>(bins, lower, upper), *sums);
}

double largest_relative_difference(const Doubles& a, const Doubles& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) largest = std::max(largest, std::abs(a[i] - b[i]) / std::max(std::abs(a[i]), std::abs(b[i])));
  }
  return largest;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 4) {
    std::fprintf(stderr, "usage: histogram_fill WORKLOAD ROWS THREADS\n");
    return 2;
  }
  const Workload work = workload_of(arguments[1], std::stoul(arguments[2]));
  const auto threads = static_cast<unsigned>(std::stoul(arguments[3]));
  std::optional<caloscope::HistogramSums> ours;
  std::optional<caloscope::HistogramSums> theirs;
  std::printf("{\"versions\":{\"Boost\":\"%d.%d\"}}\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000);
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    double result = 0;
    if (line.find("\"ours\"") != std::string::npos) result = fill_ours(work, threads, ours);
    else if (line.find("\"theirs\"") != std::string::npos) result = fill_theirs(work, theirs);
    else if (line.find("\"one-thread\"") != std::string::npos) result = fill_ours(work, 1, theirs);
    else if (ours && theirs) {
      result = std::max(largest_relative_difference(ours->values, theirs->values),
                        largest_relative_difference(ours->variances, theirs->variances));
    }
    std::printf("{\"result\":%.17g}\n", result);
    std::fflush(stdout);
  }
  return 0;
}
