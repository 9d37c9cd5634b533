#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/run/tile_runner.h"

namespace caloscope {

/// Σ_r w_r x_r x_rᵀ of rows that come in pieces. The sum runs over the rows in their order, whatever the threads.
class GramMatrix {
 public:
  explicit GramMatrix(std::size_t columns) : columns_(columns), upper_(columns * columns) {}

  /// `rows`: w.size() × columns, row by row.
  void add(std::span<const double> rows, std::span<const double> w, const TileRunner& run_tiles);

  /// columns × columns; only the upper triangle is filled.
  const std::vector<double>& upper() const { return upper_; }

 private:
  std::size_t columns_;
  std::vector<double> upper_;
};

}  // namespace caloscope
