#include "core/learners/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// QR steps an eigenvalue; two are usual.
constexpr std::size_t most_steps = 60;

/// T = Qᵀ A Q. Row k of the matrix that was A keeps the Householder vector of step k, right of the diagonal.
struct Tridiagonal {
  std::vector<double> diagonal;       ///< n
  std::vector<double> off_diagonal;   ///< n - 1 (and one more for n = 0)
  std::vector<double> twice_inverse;  ///< β = 2/vᵀv of each step; 0 where nothing had to be reflected
};

/// A ← A − v wᵀ − w vᵀ below row k, with w = β A v − ½ β² (vᵀ A v) v.
void reflect_both_sides(std::vector<double>& a, std::size_t n, std::size_t k, double beta, std::vector<double>& w) {
  const double* v = a.data() + k * n;
  std::fill(w.begin() + static_cast<std::ptrdiff_t>(k) + 1, w.end(), 0);
  for (std::size_t i = k + 1; i < n; ++i) {
    const double* row = a.data() + i * n;
    const double factor = beta * v[i];
    for (std::size_t j = k + 1; j < n; ++j) w[j] += factor * row[j];
  }
  double along = 0;
  for (std::size_t j = k + 1; j < n; ++j) along += w[j] * v[j];
  along *= beta / 2;
  for (std::size_t j = k + 1; j < n; ++j) w[j] -= along * v[j];
  for (std::size_t i = k + 1; i < n; ++i) {
    double* row = a.data() + i * n;
    const double vi = v[i];
    const double wi = w[i];
    for (std::size_t j = k + 1; j < n; ++j) row[j] -= vi * w[j] + wi * v[j];
  }
}

Tridiagonal tridiagonalize(std::vector<double>& a, std::size_t n, const JobControl& control) {
  Tridiagonal result{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n)};
  std::vector<double> w(n);
  for (std::size_t k = 0; k + 2 < n; ++k) {
    control.check();
    double* v = a.data() + k * n;
    result.diagonal[k] = v[k];
    double tail = 0;
    for (std::size_t j = k + 2; j < n; ++j) tail += v[j] * v[j];
    if (tail == 0) {
      result.off_diagonal[k] = v[k + 1];
      continue;
    }
    const double length = std::sqrt(v[k + 1] * v[k + 1] + tail);
    const double image = v[k + 1] > 0 ? -length : length;
    v[k + 1] -= image;
    result.off_diagonal[k] = image;
    result.twice_inverse[k] = 2 / (v[k + 1] * v[k + 1] + tail);
    reflect_both_sides(a, n, k, result.twice_inverse[k], w);
  }
  if (n > 1) {
    result.diagonal[n - 2] = a[(n - 2) * n + n - 2];
    result.off_diagonal[n - 2] = a[(n - 2) * n + n - 1];
  }
  if (n > 0) result.diagonal[n - 1] = a[n * n - 1];
  return result;
}

/// Qᵀ, n × n.
std::vector<double> reflections(const std::vector<double>& a, const std::vector<double>& twice_inverse, std::size_t n,
                                const JobControl& control) {
  std::vector<double> q(n * n), row_sum(n);
  for (std::size_t i = 0; i < n; ++i) q[i * n + i] = 1;
  for (std::size_t k = n; k-- > 0;) {
    if (twice_inverse[k] == 0) continue;
    control.check();
    const double* v = a.data() + k * n;
    std::fill(row_sum.begin(), row_sum.end(), 0);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double* row = q.data() + i * n;
      for (std::size_t j = k + 1; j < n; ++j) row_sum[j] += v[i] * row[j];
    }
    for (std::size_t i = k + 1; i < n; ++i) {
      double* row = q.data() + i * n;
      const double factor = twice_inverse[k] * v[i];
      for (std::size_t j = k + 1; j < n; ++j) row[j] -= factor * row_sum[j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) std::swap(q[i * n + j], q[j * n + i]);
  }
  return q;
}

/// The eigenvalue of the last 2 × 2 block that is closer to its last entry.
double wilkinson_shift(const Tridiagonal& t, std::size_t high) {
  const double off = t.off_diagonal[high - 1];
  const double half = (t.diagonal[high - 1] - t.diagonal[high]) / 2;
  return t.diagonal[high] - off * off / (half + std::copysign(std::hypot(half, off), half));
}

/// One QR step with an implicit shift on the block from `low` to `high`, which has no zero off its diagonal.
void qr_step(Tridiagonal& t, std::size_t low, std::size_t high, std::vector<double>& vectors, std::size_t n) {
  auto& d = t.diagonal;
  auto& e = t.off_diagonal;
  double x = d[low] - wilkinson_shift(t, high);
  double bulge = e[low];
  for (std::size_t k = low; k < high; ++k) {
    const double r = std::hypot(x, bulge);
    const double c = r > 0 ? x / r : 1;
    const double s = r > 0 ? bulge / r : 0;
    if (k > low) e[k - 1] = r;
    const double turn = s * (d[k + 1] - d[k]) + 2 * c * e[k];
    d[k] += s * turn;
    d[k + 1] -= s * turn;
    x = e[k] = c * turn - e[k];
    if (k + 1 < high) {
      bulge = s * e[k + 1];
      e[k + 1] *= c;
    }
    double* first = vectors.data() + k * n;
    double* second = first + n;
    for (std::size_t j = 0; j < n; ++j) {
      const double a = first[j];
      const double b = second[j];
      first[j] = c * a + s * b;
      second[j] = c * b - s * a;
    }
  }
}

/// Turns T into a diagonal matrix and the rows of `vectors` along with it.
void diagonalize(Tridiagonal& t, std::vector<double>& vectors, std::size_t n, const JobControl& control) {
  constexpr double rounding = std::numeric_limits<double>::epsilon();
  const auto& d = t.diagonal;
  auto& e = t.off_diagonal;
  const auto decoupled = [&](std::size_t k) {
    // The matrix was scaled to entries of 1.
    return std::fabs(e[k]) <= std::max(rounding * (std::fabs(d[k]) + std::fabs(d[k + 1])), rounding * rounding);
  };
  std::size_t steps = 0;
  for (std::size_t high = n > 0 ? n - 1 : 0; high > 0;) {
    control.check();
    std::size_t low = high;
    while (low > 0 && !decoupled(low - 1)) --low;
    if (low == high) {
      --high;
      continue;
    }
    if (++steps > most_steps * n) throw Error(ErrorCode::internal, "the eigenvalues of a matrix were not found");
    qr_step(t, low, high, vectors, n);
  }
}

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t n, const JobControl& control) {
  if (matrix.size() != n * n) throw Error(ErrorCode::shape, "the matrix is not square");
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) {
      const double entry = matrix[i * n + j];
      if (!std::isfinite(entry)) throw Error(ErrorCode::non_finite, "the matrix holds a number that is not finite");
      largest = std::max(largest, std::fabs(entry));
    }
  }
  const double unit = largest > 0 ? largest : 1;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) matrix[i * n + j] = matrix[j * n + i] = matrix[i * n + j] / unit;
  }
  Tridiagonal t = tridiagonalize(matrix, n, control);
  std::vector<double> vectors = reflections(matrix, t.twice_inverse, n, control);
  diagonalize(t, vectors, n, control);

  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return t.diagonal[a] > t.diagonal[b]; });
  SymmetricEigen result;
  result.vectors.reserve(n * n);
  for (const std::size_t d : order) {
    result.values.push_back(t.diagonal[d] * unit);
    const auto row = vectors.begin() + static_cast<std::ptrdiff_t>(d * n);
    const auto end = row + static_cast<std::ptrdiff_t>(n);
    const double lead = *std::max_element(row, end, [](double a, double b) { return std::fabs(a) < std::fabs(b); });
    std::transform(row, end, std::back_inserter(result.vectors), [&](double x) { return lead < 0 ? -x : x; });
  }
  return result;
}

}  // namespace caloscope
