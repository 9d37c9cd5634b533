#include "core/learners/quadratic_terms.h"

#include <algorithm>

#include "core/run/wide_vectors.h"

namespace caloscope {
namespace {

CALOSCOPE_WIDE_VECTORS void sums_of(const QuadraticTerms& terms, const double* coefficients, const double* lanes,
                                    double* result) {
  constexpr std::size_t block = QuadraticTerms::block;
  const std::size_t values = terms.values;
  // Two values share what is read of a third: its product with either is added in the same turn.
  double total[block] = {};
  const auto add_value = [&](std::size_t i, const double (&inner)[block]) {
    for (std::size_t r = 0; r < block; ++r) total[r] += inner[r] * lanes[i * block + r];
  };
  const double* of_product = coefficients + values;
  for (std::size_t i = 0; i < values; i += 2) {
    const bool both = i + 1 < values;
    double first[block], second[block];
    for (std::size_t r = 0; r < block; ++r) {
      first[r] = coefficients[i];
      second[r] = both ? coefficients[i + 1] : 0;
    }
    if (terms.products) {
      const double* of_first = of_product;
      const double* of_second = of_first + (values - i) - 1;  // its entry for value j lies at j - i, as the first's does
      const double square = of_first[0];
      for (std::size_t r = 0; r < block; ++r) first[r] += square * lanes[i * block + r];
      for (std::size_t j = i + 1; j < values; ++j) {
        const double a = of_first[j - i];
        const double b = of_second[j - i];
        const double* y = lanes + j * block;
        for (std::size_t r = 0; r < block; ++r) {
          first[r] += a * y[r];
          second[r] += b * y[r];
        }
      }
      of_product += (values - i) + (both ? values - i - 1 : 0);
    }
    add_value(i, first);
    if (both) add_value(i + 1, second);
  }
  std::copy_n(total, block, result);
}

CALOSCOPE_WIDE_VECTORS void add_terms(const QuadraticTerms& terms, const double* factor, const double* rows,
                                      double* gradient) {
  constexpr std::size_t block = QuadraticTerms::block;
  const std::size_t values = terms.values;
  static_assert(block == 8, "a sum below has eight terms");
  const double* y[block];
  for (std::size_t r = 0; r < block; ++r) y[r] = rows + r * values;
  // Σ_r f_r y_rj for j in [first, values).
  const auto add_row = [&](const double (&f)[block], std::size_t first, double* out) {
    for (std::size_t j = first; j < values; ++j) {
      out[j] += ((f[0] * y[0][j] + f[1] * y[1][j]) + (f[2] * y[2][j] + f[3] * y[3][j])) +
                ((f[4] * y[4][j] + f[5] * y[5][j]) + (f[6] * y[6][j] + f[7] * y[7][j]));
    }
  };
  double f[block];
  std::copy_n(factor, block, f);
  add_row(f, 0, gradient);
  if (!terms.products) return;
  double* of_product = gradient + values;
  for (std::size_t i = 0; i < values; ++i) {
    for (std::size_t r = 0; r < block; ++r) f[r] = factor[r] * y[r][i];
    // The products of value i begin with its square.
    add_row(f, i, of_product - i);
    of_product += values - i;
  }
}

}  // namespace

void QuadraticTerms::expand(const double* row, double* terms) const {
  terms = std::copy_n(row, values, terms);
  if (!products) return;
  for (std::size_t i = 0; i < values; ++i) {
    for (std::size_t j = i; j < values; ++j) *terms++ = row[i] * row[j];
  }
}

void QuadraticTerms::sums(const double* coefficients, const double* lanes, double* result) const {
  sums_of(*this, coefficients, lanes, result);
}

void QuadraticTerms::add(const double* factor, const double* rows, double* gradient) const {
  add_terms(*this, factor, rows, gradient);
}

}  // namespace caloscope
