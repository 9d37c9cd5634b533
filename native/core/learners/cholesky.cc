#include "core/learners/cholesky.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/run/wide_vectors.h"

namespace caloscope {

namespace {

/// Rows of U whose products are subtracted from the rows below in one pass over them.
constexpr std::size_t panel_rows = 8;
/// Columns of a pass: what a panel has there stays in the first-level cache.
constexpr std::size_t tile_columns = 256;

/// The rows of a panel, finished one after the other. Whether all pivots are positive numbers.
bool finish_panel(double* matrix, std::size_t n, std::size_t first, std::size_t end) {
  for (std::size_t k = first; k < end; ++k) {
    double* pivot_row = matrix + k * n;
    // Not "pivot <= 0": a NaN is no pivot either.
    if (!(pivot_row[k] > 0) || !std::isfinite(pivot_row[k])) return false;
    const double inverse = 1 / std::sqrt(pivot_row[k]);
    for (std::size_t j = k; j < n; ++j) pivot_row[j] *= inverse;
    for (std::size_t i = k + 1; i < end; ++i) {
      const double factor = pivot_row[i];
      for (std::size_t j = i; j < n; ++j) matrix[i * n + j] -= factor * pivot_row[j];
    }
  }
  return true;
}

/// Subtracts the products of a whole panel from the columns begin … end − 1 of row i, in the order of its rows.
CALOSCOPE_WIDE_VECTORS void subtract_panel(const double* panel, std::size_t n, std::size_t i, double* row, std::size_t begin,
                                           std::size_t end) {
  double factors[panel_rows];
  for (std::size_t k = 0; k < panel_rows; ++k) factors[k] = panel[k * n + i];
  for (std::size_t j = begin; j < end; ++j) {
    double value = row[j];
    for (std::size_t k = 0; k < panel_rows; ++k) value -= factors[k] * panel[k * n + j];
    row[j] = value;
  }
}

}  // namespace

std::optional<Cholesky> Cholesky::factorize(std::vector<double> matrix, std::size_t n, const JobControl& control) {
  for (std::size_t first = 0; first < n; first += panel_rows) {
    control.check();
    const std::size_t below = std::min(first + panel_rows, n);
    if (!finish_panel(matrix.data(), n, first, below)) return std::nullopt;
    const double* panel = matrix.data() + first * n;
    for (std::size_t begin = below; begin < n; begin += tile_columns) {
      const std::size_t end = std::min(begin + tile_columns, n);
      for (std::size_t i = below; i < end; ++i) {
        subtract_panel(panel, n, i, matrix.data() + i * n, std::max(i, begin), end);
      }
    }
  }
  return Cholesky(std::move(matrix), n);
}

void Cholesky::solve(std::span<double> b) const {
  for (std::size_t k = 0; k < n_; ++k) {
    const double* row = upper_.data() + k * n_;
    b[k] /= row[k];
    const double value = b[k];
    for (std::size_t j = k + 1; j < n_; ++j) b[j] -= value * row[j];
  }
  for (std::size_t k = n_; k-- > 0;) {
    const double* row = upper_.data() + k * n_;
    double sum = b[k];
    for (std::size_t j = k + 1; j < n_; ++j) sum -= row[j] * b[j];
    b[k] = sum / row[k];
  }
}

}  // namespace caloscope
