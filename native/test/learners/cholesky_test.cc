#include "core/learners/cholesky.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/run/random.h"

namespace caloscope {
namespace {

using Matrix = std::vector<double>;
const JobControl control;

/// B Bᵀ + 1 of random numbers B.
Matrix positive(std::size_t n) {
  RandomStream random(n + 100, 1);
  Matrix root(n * n), a(n * n);
  for (double& x : root) x = random.normal();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) a[i * n + j] += root[i * n + k] * root[j * n + k];
    }
    a[i * n + i] += 1;
  }
  return a;
}

/// x with A x = b by the definition of U, element by element, products subtracted in the order of the rows.
Matrix solved_plainly(const Matrix& a, std::size_t n, Matrix b) {
  Matrix u(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    double inverse = 0;
    for (std::size_t j = i; j < n; ++j) {
      double value = a[i * n + j];
      for (std::size_t k = 0; k < i; ++k) value -= u[k * n + i] * u[k * n + j];
      if (j == i) inverse = 1 / std::sqrt(value);
      u[i * n + j] = value * inverse;
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    b[k] /= u[k * n + k];
    for (std::size_t j = k + 1; j < n; ++j) b[j] -= b[k] * u[k * n + j];
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= u[k * n + j] * b[j];
    b[k] /= u[k * n + k];
  }
  return b;
}

TEST(Cholesky, HasTheBitsOfItsDefinition) {
  for (const std::size_t n : {1U, 7U, 8U, 9U, 41U, 300U, 530U}) {
    const Matrix a = positive(n);
    Matrix b(n);
    for (std::size_t i = 0; i < n; ++i) b[i] = std::sin(static_cast<double>(i));
    const auto factors = Cholesky::factorize(a, n, control);
    ASSERT_TRUE(factors);
    Matrix x = b;
    factors->solve(x);
    EXPECT_EQ(x, solved_plainly(a, n, b));
  }
}

TEST(Cholesky, SolvesWhatTheMatrixTimesANumberGives) {
  for (const std::size_t n : {1U, 2U, 7U, 60U, 300U}) {
    const Matrix a = positive(n);
    Matrix b(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) b[i] += a[i * n + j] * static_cast<double>(j + 1);
    }
    const auto factors = Cholesky::factorize(a, n, control);
    ASSERT_TRUE(factors);
    factors->solve(b);
    for (std::size_t j = 0; j < n; ++j) EXPECT_NEAR(b[j], static_cast<double>(j + 1), 1e-9);
  }
}

TEST(Cholesky, SaysWhereAMatrixIsNotPositive) {
  EXPECT_FALSE(Cholesky::factorize({1, 2, 2, 1}, 2, control));
  EXPECT_FALSE(Cholesky::factorize({0}, 1, control));
  EXPECT_FALSE(Cholesky::factorize({std::numeric_limits<double>::quiet_NaN()}, 1, control));
  EXPECT_TRUE(Cholesky::factorize({}, 0, control));
}

}  // namespace
}  // namespace caloscope
