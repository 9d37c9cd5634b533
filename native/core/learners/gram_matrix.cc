#include "core/learners/gram_matrix.h"

#include <algorithm>

namespace caloscope {
namespace {

/// Rows of the matrix that one tile adds to, and columns of it that stay in the first cache meanwhile.
constexpr std::size_t rows_of_tile = 8;
constexpr std::size_t columns_at_once = 128;
/// Rows of the data that are added at once, so that a sum is read and written once for all of them.
constexpr std::size_t at_once = 4;

/// Adds the first rows of the data to the sums of row i of the matrix, in the columns from first to last.
void add_to(double* sums, const double* rows, const double* w, std::size_t count, std::size_t columns, std::size_t i,
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

}  // namespace

void GramMatrix::add(std::span<const double> rows, std::span<const double> w, const TileRunner& run_tiles) {
  run_tiles((columns_ + rows_of_tile - 1) / rows_of_tile, [&](std::size_t tile) {
    const std::size_t top = tile * rows_of_tile;
    const std::size_t bottom = std::min(top + rows_of_tile, columns_);
    for (std::size_t left = top; left < columns_; left += columns_at_once) {
      const std::size_t right = std::min(left + columns_at_once, columns_);
      for (std::size_t r = 0; r < w.size(); r += at_once) {
        const std::size_t count = std::min(at_once, w.size() - r);
        for (std::size_t i = top; i < bottom; ++i) {
          add_to(upper_.data() + i * columns_, rows.data() + r * columns_, w.data() + r, count, columns_, i,
                 std::max(i, left), right);
        }
      }
    }
  });
}

}  // namespace caloscope
