#include "core/learners/cholesky.h"

#include <cmath>
#include <utility>

namespace caloscope {

std::optional<Cholesky> Cholesky::factorize(std::vector<double> matrix, std::size_t n, const JobControl& control) {
  for (std::size_t k = 0; k < n; ++k) {
    control.check();
    double* pivot_row = matrix.data() + k * n;
    // Not "pivot <= 0": a NaN is no pivot either.
    if (!(pivot_row[k] > 0) || !std::isfinite(pivot_row[k])) return std::nullopt;
    const double inverse = 1 / std::sqrt(pivot_row[k]);
    for (std::size_t j = k; j < n; ++j) pivot_row[j] *= inverse;
    for (std::size_t i = k + 1; i < n; ++i) {
      double* row = matrix.data() + i * n;
      const double factor = pivot_row[i];
      if (factor == 0) continue;
      for (std::size_t j = i; j < n; ++j) row[j] -= factor * pivot_row[j];
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
