#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/job_control.h"

namespace caloscope {

namespace sorting {

/// Elements handled between two questions to the job: well below a millisecond of work.
constexpr std::size_t step = std::size_t{1} << 15;

template <class T, class Before>
void merge_runs(const T* a, const T* a_end, const T* b, const T* b_end, T* out, Before before,
                const JobControl& control) {
  while (a != a_end && b != b_end) {
    control.check();
    for (std::size_t i = 0; i < step && a != a_end && b != b_end; ++i) {
      const bool take_b = before(*b, *a);
      *out++ = take_b ? *b : *a;
      a += take_b ? 0 : 1;
      b += take_b ? 1 : 0;
    }
  }
  out = std::copy(a, a_end, out);
  std::copy(b, b_end, out);
}

}  // namespace sorting

/// Sorts by `before`, a strict weak order. Like std::sort, but a cancelled job leaves within a millisecond, which
/// std::sort of some million elements does not allow. Takes a second vector of the same size as scratch memory.
template <class T, class Before>
void cancellable_sort(std::vector<T>& elements, Before before, const JobControl& control) {
  using sorting::step;
  const std::size_t n = elements.size();
  for (std::size_t first = 0; first < n; first += step) {
    control.check();
    T* const begin = elements.data() + first;
    std::sort(begin, begin + std::min(step, n - first), before);
  }
  if (n <= step) return;
  std::vector<T> merged(n);
  for (std::size_t run = step; run < n; run *= 2) {
    for (std::size_t first = 0; first < n; first += 2 * run) {
      const std::size_t middle = std::min(first + run, n);
      const std::size_t last = std::min(middle + run, n);
      const T* const from = elements.data();
      sorting::merge_runs(from + first, from + middle, from + middle, from + last, merged.data() + first, before,
                          control);
    }
    std::swap(elements, merged);
  }
}

}  // namespace caloscope
