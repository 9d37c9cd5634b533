#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/run/job_control.h"

namespace caloscope {

/// A = UᵀU of a symmetric, positive definite matrix.
class Cholesky {
 public:
  /// The matrix is n × n, row by row; only the upper triangle is read. Nothing where it is not positive definite.
  static std::optional<Cholesky> factorize(std::vector<double> matrix, std::size_t n, const JobControl& control);

  /// x with A x = b, in place.
  void solve(std::span<double> b) const;

  std::size_t size() const { return n_; }

 private:
  Cholesky(std::vector<double> upper, std::size_t n) : upper_(std::move(upper)), n_(n) {}

  std::vector<double> upper_;  ///< n × n; what lies below the diagonal means nothing
  std::size_t n_;
};

}  // namespace caloscope
