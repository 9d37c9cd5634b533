#pragma once

#include <cstddef>
#include <vector>

namespace caloscope {

/// What a logit is linear in: the values y_i of a row, and where wanted their squares and products y_i y_j, i ≤ j, in
/// this order. Terms are made where they are needed and never stored: of 41 values there are 902.
struct QuadraticTerms {
  /// Rows that are worked on at once. In `lanes` value i of row r lies at [i · block + r].
  static constexpr std::size_t block = 8;

  std::size_t values = 0;
  bool products = false;

  std::size_t count() const { return values + (products ? values * (values + 1) / 2 : 0); }

  /// The terms of one row.
  void expand(const double* row, double* terms) const;

  /// Σ coefficient · term of each of the rows of a block.
  void sums(const double* coefficients, const double* lanes, double* result) const;

  /// Adds Σ_r factor_r · terms_r of the rows of a block (block × values, row by row) to `gradient`.
  void add(const double* factor, const double* rows, double* gradient) const;
};

}  // namespace caloscope
