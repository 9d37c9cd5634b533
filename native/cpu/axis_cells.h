#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "core/histograms/histogram_axis.h"
#include "cpu/kernels/fill_kernels.h"

namespace caloscope {

/// What the kernels need to give every number the cell that HistogramAxis::cell gives it.
class AxisCells {
 public:
  /// A cell counts `stride`, NaN gives `nowhere`; both must leave room for all cells in 32 bits.
  AxisCells(const HistogramAxis& axis, std::uint32_t stride, std::uint32_t nowhere);

  // The kernels are told where the tables of this object lie: it can be moved, not copied.
  AxisCells(AxisCells&&) = default;
  AxisCells& operator=(AxisCells&&) = default;

  /// cells[i] = cell(x[i])·stride, or `nowhere`.
  void find(const FillKernels& kernels, const float* x, std::size_t rows, std::uint32_t* cells) const;
  void find(const FillKernels& kernels, const double* x, std::size_t rows, std::uint32_t* cells) const;

 private:
  struct Edges {
    EdgeCells cells;
    std::vector<double> edges;
    std::vector<std::uint32_t> first;
  };

  static RegularCells regular(const HistogramAxis& axis, std::uint32_t stride, std::uint32_t nowhere);
  static Edges by_edges(const HistogramAxis& axis, std::uint32_t stride, std::uint32_t nowhere);

  std::variant<RegularCells, Edges> axis_;
};

}  // namespace caloscope
