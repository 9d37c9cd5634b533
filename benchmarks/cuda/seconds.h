#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

/// Median time of a few runs, after one that is not counted; `run` returns when all is done.
template <class Run>
double median_seconds(const Run& run) {
  constexpr int runs = 5;
  run();
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    run();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[runs / 2];
}
