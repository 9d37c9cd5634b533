#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/run/job_control.h"

namespace caloscope {

/// A = Σ_d values[d] · v_d v_dᵀ with orthonormal v_d.
struct SymmetricEigen {
  std::vector<double> values;   ///< from the largest down
  std::vector<double> vectors;  ///< n × n: row d is v_d; its component of largest magnitude is positive

  std::size_t size() const { return values.size(); }
  std::span<const double> vector(std::size_t d) const { return {vectors.data() + d * size(), size()}; }
};

/// Eigenvalues and vectors of a symmetric matrix, n × n row by row; only the upper triangle is read. Errors are some
/// units of the last place of the largest eigenvalue. Householder's reduction to a tridiagonal matrix, then QR steps
/// with Wilkinson's shift (Golub and Van Loan, Matrix Computations, 8.3). On one thread, about 5 n³ products.
/// Throws Error(non_finite) for an entry that is not finite, Error(shape) where the size is not n².
SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t n, const JobControl& control);

}  // namespace caloscope
