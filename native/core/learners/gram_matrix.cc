#include "core/learners/gram_matrix.h"

#include <algorithm>

#include "core/run/wide_vectors.h"

namespace caloscope {
namespace {

/// Rows of the matrix that one tile adds to, and columns of it that stay in the first cache meanwhile.
constexpr std::size_t rows_of_tile = 8;
constexpr std::size_t columns_at_once = 128;
/// Rows of the data that are added at once, so that a sum is read and written once for all of them.
constexpr std::size_t at_once = 4;

/// Adds the first rows of the data to the sums of row i of the matrix, in the columns from first to last.
inline void add_to(double* sums, const double* rows, const double* w, std::size_t count, std::size_t columns, std::size_t i,
            std::size_t first, std::size_t last) {
  if (count == at_once) {
    const double* x = rows;
    const double* y = x + columns;
    const double* z = y + columns;
    const double* u = z + columns;
    const double a = w[0] * x[i];
    const double b = w[1] * y[i];
    const double c = w[2] * z[i];
    const double d = w[3] * u[i];
    for (std::size_t j = first; j < last; ++j) sums[j] += (a * x[j] + b * y[j]) + (c * z[j] + d * u[j]);
    return;
  }
  for (std::size_t r = 0; r < count; ++r) {
    const double* x = rows + r * columns;
    const double a = w[r] * x[i];
    for (std::size_t j = first; j < last; ++j) sums[j] += a * x[j];
  }
}

/// Adds all rows of the data to rows of the matrix, from top to bottom.
CALOSCOPE_WIDE_VECTORS void add_tile(double* upper, const double* rows, const double* w, std::size_t count, std::size_t columns,
                                     std::size_t top, std::size_t bottom) {
  for (std::size_t left = top; left < columns; left += columns_at_once) {
    const std::size_t right = left + columns_at_once < columns ? left + columns_at_once : columns;
    for (std::size_t r = 0; r < count; r += at_once) {
      const std::size_t together = count - r < at_once ? count - r : at_once;
      for (std::size_t i = top; i < bottom; ++i) {
        add_to(upper + i * columns, rows + r * columns, w + r, together, columns, i, i > left ? i : left, right);
      }
    }
  }
}

}  // namespace

void GramMatrix::add(std::span<const double> rows, std::span<const double> w, const TileRunner& run_tiles) {
  run_tiles((columns_ + rows_of_tile - 1) / rows_of_tile, [&](std::size_t tile) {
    const std::size_t top = tile * rows_of_tile;
    add_tile(upper_.data(), rows.data(), w.data(), w.size(), columns_, top, std::min(top + rows_of_tile, columns_));
  });
}

}  // namespace caloscope
