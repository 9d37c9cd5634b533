#pragma once

#include <cstddef>
#include <cstdint>

#include "core/run/host_device.h"

namespace caloscope {

/// An axis as plain numbers, for the host and for a GPU; HistogramAxis has the definitions.
struct AxisView {
  bool regular;         ///< otherwise bins lie between `edges`
  bool upper_in_last;   ///< the upper end belongs to the last bin, not to the overflow cell
  std::size_t bins;
  double lower, upper;
  const double* edges;  ///< bins + 1, rising; not of a regular axis
};

inline constexpr std::size_t no_cell = SIZE_MAX;

/// 0 underflow, 1..bins, bins + 1 overflow, `no_cell` for NaN.
CALOSCOPE_HOST_DEVICE inline std::size_t axis_cell(const AxisView& axis, double x) {
  if (x != x) return no_cell;
  const std::size_t above = axis.upper_in_last && x <= axis.upper ? axis.bins : axis.bins + 1;
  if (axis.regular) {
    const double z = (x - axis.lower) / (axis.upper - axis.lower);
    if (!(z < 1)) return above;
    if (!(z >= 0)) return 0;
    const auto bin = static_cast<std::size_t>(z * static_cast<double>(axis.bins));
    return bin < axis.bins ? bin + 1 : above;  // z·bins can round up to bins although z < 1
  }
  if (x < axis.lower) return 0;
  if (!(x < axis.upper)) return above;
  std::size_t begin = 0;  // edges[begin] ≤ x < edges[end]
  for (std::size_t end = axis.bins; end - begin > 1;) {
    const std::size_t middle = begin + (end - begin) / 2;
    (x < axis.edges[middle] ? end : begin) = middle;
  }
  return begin + 1;
}

}  // namespace caloscope
