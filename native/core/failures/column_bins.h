#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"

namespace caloscope {

/// A column of numbers in at most `most_bins` bins of about equally many rows, none of which knows what sample a row is of.
struct ColumnBins {
  static constexpr std::size_t most_bins = 64;

  /// Bin b holds [edges[b-1], edges[b]); the first and the last reach to infinity. Few digits: they are printed as they are.
  std::vector<double> edges;
  /// One a row. Rows without a value (NaN) are in the bin `ordered()`.
  std::vector<std::uint8_t> bins;
  bool has_undefined = false;

  /// Bins of numbers.
  std::size_t ordered() const { return edges.size() + 1; }
  std::size_t all() const { return ordered() + (has_undefined ? 1 : 0); }
};

/// `most`: bins of numbers, from 1 to most_bins - 1. The result depends on the values alone.
ColumnBins binned(std::span<const double> values, std::size_t most, const JobControl& control);

}  // namespace caloscope
