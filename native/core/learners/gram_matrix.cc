#include "core/learners/gram_matrix.h"

#include <algorithm>

namespace caloscope {
namespace {

/// Rows of the matrix that one tile adds to.
constexpr std::size_t rows_of_tile = 8;
/// Rows of the data that are added at once, so that a sum is read and written once for all of them.
constexpr std::size_t at_once = 4;

}  // namespace

void GramMatrix::add(std::span<const double> rows, std::span<const double> w, const TileRunner& run_tiles) {
  run_tiles((columns_ + rows_of_tile - 1) / rows_of_tile, [&](std::size_t tile) {
    const std::size_t first = tile * rows_of_tile;
    const std::size_t last = std::min(first + rows_of_tile, columns_);
    std::size_t r = 0;
    for (; r + at_once <= w.size(); r += at_once) {
      const double* x = rows.data() + r * columns_;
      const double* y = x + columns_;
      const double* z = y + columns_;
      const double* u = z + columns_;
      for (std::size_t i = first; i < last; ++i) {
        const double a = w[r] * x[i];
        const double b = w[r + 1] * y[i];
        const double c = w[r + 2] * z[i];
        const double d = w[r + 3] * u[i];
        double* sum = upper_.data() + i * columns_;
        for (std::size_t j = i; j < columns_; ++j) sum[j] += (a * x[j] + b * y[j]) + (c * z[j] + d * u[j]);
      }
    }
    for (; r < w.size(); ++r) {
      const double* x = rows.data() + r * columns_;
      for (std::size_t i = first; i < last; ++i) {
        const double a = w[r] * x[i];
        double* sum = upper_.data() + i * columns_;
        for (std::size_t j = i; j < columns_; ++j) sum[j] += a * x[j];
      }
    }
  });
}

}  // namespace caloscope
