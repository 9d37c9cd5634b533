#include "core/learners/symmetric_eigen.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "core/run/random.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

using Matrix = std::vector<double>;
const JobControl control;

Matrix random_symmetric(std::size_t n, std::uint64_t seed) {
  RandomStream random(seed, 1);
  Matrix a(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) a[i * n + j] = a[j * n + i] = random.normal();
  }
  return a;
}

double largest(const Matrix& a) {
  double result = 0;
  for (const double x : a) result = std::max(result, std::fabs(x));
  return result;
}

/// A = QΛQᵀ and QᵀQ = 1, entry by entry.
void expect_decomposed(const Matrix& a, const SymmetricEigen& eigen, std::size_t n) {
  ASSERT_EQ(eigen.size(), n);
  double product_error = 0;
  double length_error = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) {
      double sum = 0;
      double scalar = 0;
      for (std::size_t d = 0; d < n; ++d) {
        sum += eigen.values[d] * eigen.vector(d)[i] * eigen.vector(d)[j];
        scalar += eigen.vector(i)[d] * eigen.vector(j)[d];
      }
      product_error = std::max(product_error, std::fabs(sum - a[i * n + j]));
      length_error = std::max(length_error, std::fabs(scalar - (i == j ? 1 : 0)));
    }
    if (i > 0) {
      EXPECT_GE(eigen.values[i - 1], eigen.values[i]);
    }
  }
  EXPECT_LE(product_error, 1e-13 * static_cast<double>(n) * largest(a));
  EXPECT_LE(length_error, 1e-13);
}

TEST(SymmetricEigen, TakesRandomMatricesApart) {
  for (const std::size_t n : {1U, 2U, 3U, 5U, 8U, 41U, 120U}) {
    const Matrix a = random_symmetric(n, n);
    expect_decomposed(a, symmetric_eigen(a, n, control), n);
  }
}

TEST(SymmetricEigen, FindsTheEigenvaluesOfTheSecondDifference) {
  constexpr std::size_t n = 60;
  Matrix a(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    a[i * n + i] = 2;
    if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
  }
  const auto eigen = symmetric_eigen(a, n, control);
  expect_decomposed(a, eigen, n);
  for (std::size_t d = 0; d < n; ++d) {
    const double exact = 2 + 2 * std::cos(static_cast<double>(d + 1) * std::numbers::pi / (n + 1));
    EXPECT_NEAR(eigen.values[d], exact, 1e-14);
  }
}

TEST(SymmetricEigen, KnowsSmallMatricesByHeart) {
  const auto two = symmetric_eigen({2, 1, 1, 2}, 2, control);
  EXPECT_NEAR(two.values[0], 3, 1e-15);
  EXPECT_NEAR(two.values[1], 1, 1e-15);
  EXPECT_NEAR(two.vector(0)[0], std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(two.vector(0)[1], std::sqrt(0.5), 1e-15);
  EXPECT_EQ(symmetric_eigen({-4}, 1, control).values[0], -4);
  EXPECT_EQ(symmetric_eigen({}, 0, control).size(), 0);
  const auto zero = symmetric_eigen(Matrix(9), 3, control);
  expect_decomposed(Matrix(9), zero, 3);
  EXPECT_EQ(zero.values, Matrix(3));
}

TEST(SymmetricEigen, FindsEqualAndVanishingEigenvalues) {
  constexpr std::size_t n = 30;
  const auto ones = symmetric_eigen(Matrix(n * n, 1), n, control);
  expect_decomposed(Matrix(n * n, 1), ones, n);
  EXPECT_NEAR(ones.values[0], n, 1e-13);
  for (std::size_t d = 1; d < n; ++d) EXPECT_NEAR(ones.values[d], 0, 1e-13);
  Matrix blocks(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) blocks[i * n + j] = i / 3 == j / 3 ? (i == j ? 2 : 0.5) : 0;
  }
  expect_decomposed(blocks, symmetric_eigen(blocks, n, control), n);
}

TEST(SymmetricEigen, KeepsWhatIsNarrow) {
  // Widths of 1, 1e-3 and 1e-6 along axes that are turned against the columns.
  const auto axes = symmetric_eigen(random_symmetric(3, 5), 3, control);
  const double widths[] = {1, 1e-3, 1e-6};
  Matrix a(9);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t d = 0; d < 3; ++d) {
        a[i * 3 + j] += widths[d] * widths[d] * axes.vector(d)[i] * axes.vector(d)[j];
      }
    }
  }
  const auto found = symmetric_eigen(a, 3, control);
  EXPECT_NEAR(std::sqrt(found.values[1]), 1e-3, 1e-12);
  EXPECT_NEAR(std::sqrt(found.values[2]), 1e-6, 1e-9);
  double along = 0;
  for (std::size_t i = 0; i < 3; ++i) along += found.vector(1)[i] * axes.vector(1)[i];
  EXPECT_NEAR(std::fabs(along), 1, 1e-14);
}

TEST(SymmetricEigen, DoesNotMindTheUnit) {
  for (const double unit : {1e-300, 1e300}) {
    Matrix a = random_symmetric(12, 3);
    const auto plain = symmetric_eigen(a, 12, control);
    for (double& x : a) x *= unit;
    const auto scaled = symmetric_eigen(a, 12, control);
    for (std::size_t d = 0; d < 12; ++d) EXPECT_NEAR(scaled.values[d] / unit, plain.values[d], 1e-13);
  }
}

TEST(SymmetricEigen, ReadsTheUpperTriangleAlone) {
  Matrix a = random_symmetric(6, 9);
  const auto whole = symmetric_eigen(a, 6, control);
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < i; ++j) a[i * 6 + j] = std::numeric_limits<double>::quiet_NaN();
  }
  const auto half = symmetric_eigen(a, 6, control);
  EXPECT_EQ(half.values, whole.values);
  EXPECT_EQ(half.vectors, whole.vectors);
}

TEST(SymmetricEigen, RefusesWhatIsNoMatrix) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(thrown_code([] { symmetric_eigen({1, nan, nan, 1}, 2, control); }), ErrorCode::non_finite);
  EXPECT_EQ(thrown_code([] { symmetric_eigen({1, 2, 3}, 2, control); }), ErrorCode::shape);
  JobControl cancelled;
  cancelled.cancel();
  EXPECT_EQ(thrown_code([&] { symmetric_eigen(random_symmetric(5, 1), 5, cancelled); }), ErrorCode::cancelled);
}

}  // namespace
}  // namespace caloscope
