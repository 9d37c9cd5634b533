#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/histograms/axis_cell.h"

namespace caloscope {

/// Where a value goes that equals the upper end of the axis: overflow (Boost.Histogram, the convention of high-energy
/// physics) or the last bin (NumPy).
enum class UpperEdge { overflow, last_bin };

constexpr std::string_view name_of(UpperEdge upper_edge) {
  switch (upper_edge) {
    case UpperEdge::overflow: return "overflow";
    case UpperEdge::last_bin: return "last-bin";
  }
  return {};
}

/// One axis of a histogram: `bins` bins closed on the left, between an underflow and an overflow cell.
/// -∞ is underflow, +∞ overflow, NaN belongs nowhere.
class HistogramAxis {
 public:
  enum class Kind { regular, logarithmic, variable };

  /// Equal bins in [lower, upper). The bin is int(z·bins) with z = (x - lower)/(upper - lower), as in
  /// Boost.Histogram: 0.29 in 100 bins of [0,1] is in bin 28, where NumPy, which compares with edges, says 29.
  static HistogramAxis regular(std::size_t bins, double lower, double upper, UpperEdge upper_edge);
  /// Bins equal in ln x, 0 < lower. A value belongs between the two of `edges()` that enclose it, so that the axis is
  /// the same as a variable one with these edges, whatever the last bit of a logarithm says. x ≤ 0 is underflow
  /// (Boost.Histogram puts negative values into overflow, because their logarithm is NaN).
  static HistogramAxis logarithmic(std::size_t bins, double lower, double upper, UpperEdge upper_edge);
  /// Bins between finite edges that rise strictly; at least two edges.
  static HistogramAxis variable(std::vector<double> edges, UpperEdge upper_edge);

  Kind kind() const noexcept { return kind_; }
  UpperEdge upper_edge() const noexcept { return upper_edge_; }
  double lower() const noexcept { return lower_; }
  double upper() const noexcept { return upper_; }
  std::size_t bins() const noexcept { return bins_; }
  /// Bins and the two flow cells.
  std::size_t cells() const noexcept { return bins_ + 2; }
  /// One more than bins. Regular: (1-t)·lower + t·upper, t = i/bins; logarithmic: the same in ln x; ends exact.
  std::vector<double> edges() const;

  static constexpr std::size_t nowhere = no_cell;
  /// 0 underflow, 1..bins, bins+1 overflow, `nowhere` for NaN.
  std::size_t cell(double x) const { return axis_cell(view(), x); }
  /// Valid as long as the axis.
  AxisView view() const noexcept {
    return {kind_ == Kind::regular, upper_edge_ == UpperEdge::last_bin, bins_, lower_, upper_, edges_.data()};
  }
  /// Same cell for every value: logarithmic and variable axes with the same edges are equal.
  bool operator==(const HistogramAxis& other) const;

 private:
  HistogramAxis(Kind kind, std::size_t bins, double lower, double upper, UpperEdge upper_edge);

  Kind kind_;
  UpperEdge upper_edge_;
  std::size_t bins_;
  double lower_;
  double upper_;
  std::vector<double> edges_;  // logarithmic and variable
};

constexpr std::string_view name_of(HistogramAxis::Kind kind) {
  switch (kind) {
    case HistogramAxis::Kind::regular: return "regular";
    case HistogramAxis::Kind::logarithmic: return "log";
    case HistogramAxis::Kind::variable: return "variable";
  }
  return {};
}

}  // namespace caloscope
