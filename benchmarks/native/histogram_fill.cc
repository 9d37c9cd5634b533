// A weighted fill by the core, on arrays that lie ready. Speaks the protocol of benchmarks/harness/peer-process.mjs:
//
//   histogram_fill ROWS THREADS
//   all → seconds of one fill on THREADS threads; one → on one thread;
//   difference → the largest relative difference of any Σw or Σw² of the two
#include <algorithm>
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

using caloscope::ColumnView;
using Doubles = std::vector<double>;

struct Rows {
  Doubles x;
  Doubles weights;
};

Rows rows_of(std::size_t count) {
  Rows made{Doubles(count), Doubles(count)};
  caloscope::RandomStream random(1, 0);
  for (double& x : made.x) x = random.normal();
  for (double& w : made.weights) w = std::exp(0.3 * random.normal());
  return made;
}

double fill(const Rows& rows, unsigned threads, std::optional<caloscope::HistogramSums>& sums) {
  const auto axis = caloscope::HistogramAxis::regular(100, -3, 3, caloscope::UpperEdge::overflow);
  const std::vector<ColumnView> coordinates{std::span<const double>(rows.x)};
  const std::vector<ColumnView> weights{std::span<const double>(rows.weights)};
  const auto start = std::chrono::steady_clock::now();
  caloscope::WeightedHistogram histogram({axis}, 1);
  const auto plan = histogram.fill_plan({true}, rows.x.size());
  const auto fill = caloscope::CpuBackend(threads).start_fill(plan);
  fill->add(coordinates, weights, caloscope::JobControl());
  histogram.add(*fill);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  sums = histogram.sums();
  return seconds;
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
  if (argument_count != 3) {
    std::fprintf(stderr, "usage: histogram_fill ROWS THREADS\n");
    return 2;
  }
  const Rows rows = rows_of(std::stoul(arguments[1]));
  const auto threads = static_cast<unsigned>(std::stoul(arguments[2]));
  std::optional<caloscope::HistogramSums> all;
  std::optional<caloscope::HistogramSums> one;
  std::printf("{\"versions\":{}}\n");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    double result = 0;
    if (line.find("\"all\"") != std::string::npos) result = fill(rows, threads, all);
    else if (line.find("\"one\"") != std::string::npos) result = fill(rows, 1, one);
    else if (all && one) {
      result = std::max(largest_relative_difference(all->values, one->values),
                        largest_relative_difference(all->variances, one->variances));
    }
    std::printf("{\"result\":%.17g}\n", result);
    std::fflush(stdout);
  }
  return 0;
}
