#include "core/learners/weighted_sum.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include "core/learners/symmetric_eigen.h"
#include "core/run/error.h"
#include "core/training/class_weights.h"
#include "core/weights/row_weight.h"

namespace caloscope {
namespace {

using Vector = std::vector<double>;

constexpr int most_steps = 200;
/// Nats, summed over the rows, that a last step may gain.
constexpr double tolerance = 1e-10;
/// Of a mean over rows.
constexpr double rounding = 1e-14;
/// Eigenvalue of the second derivative over the largest below which a direction is none.
constexpr double least_curvature = 1e-12;
/// Deviation over root mean square below which a member says the same of every row.
constexpr double constant_member = 1e-7;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

struct Derivatives {
  double loss = 0;
  Vector gradient;
  Vector second;    ///< size × size, rows of negative weight as if it were positive
  Vector negative;  ///< what makes the second derivative of it
  Vector scatter;   ///< of the rows' gradients
  bool separated = false;
};

/// x with A x = b on the columns that are free and in the directions in which A is not singular, 0 elsewhere.
Vector solve_smallest(const Vector& a, const Vector& b, const std::vector<char>& free, const JobControl& control) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (free[i]) columns.push_back(i);
  }
  const std::size_t n = columns.size();
  Vector part(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) part[i * n + j] = a[columns[i] * b.size() + columns[j]];
  }
  const SymmetricEigen eigen = symmetric_eigen(std::move(part), n, control);
  Vector x(b.size());
  for (std::size_t d = 0; d < n; ++d) {
    if (!(eigen.values[d] > least_curvature * eigen.values[0])) break;
    double along = 0;
    for (std::size_t i = 0; i < n; ++i) along += eigen.vector(d)[i] * b[columns[i]];
    for (std::size_t i = 0; i < n; ++i) x[columns[i]] += along / eigen.values[d] * eigen.vector(d)[i];
  }
  return x;
}

/// Members in units of their deviation, about their balanced mean; the constant comes last.
class Problem {
 public:
  Problem(const MemberLogits& logits, const JobControl& control) : logits_(logits), control_(control) {
    for (const auto& sample : {logits.reference, logits.generated}) {
      if (logits.members == 0 || sample.size() % logits.members != 0) {
        throw Error(ErrorCode::shape, "there are not as many logits of each member");
      }
      if (sample.empty()) throw Error(ErrorCode::too_few_rows, "members are weighted with rows of both samples");
      require_finite(sample, sample.size() / logits.members);
    }
    for (const bool reference : {true, false}) {
      double sum = 0;
      for (std::size_t row = 0; row < rows_of(reference); ++row) sum += logits.weight(reference, row);
      require_class_weight(sum, reference);
      weight_sum_[reference] = sum;
    }
    scale_members();
  }

  std::size_t size() const { return logits_.members + 1; }
  std::size_t rows() const { return (logits_.reference.size() + logits_.generated.size()) / logits_.members; }
  /// Targets that no separated samples reach.
  void soften_targets() { softened_ = true; }

  double loss(const Vector& at) const {
    double sum = 0;
    for (const bool reference : {true, false}) {
      const double target = target_of(reference);
      for_each_row(reference, [&](const Vector& x, double weight) {
        const double l = dot(at, x);
        sum -= weight * (target * log_sigmoid(l) + (1 - target) * log_sigmoid(-l));
      });
    }
    return sum;
  }

  Derivatives derivatives(const Vector& at) const;

  /// In the members' own units.
  WeightedSum in_own_units(const Vector& at, const Vector& covariance) const;
  /// And back: of weights that do not say anything of a member that says the same of every row.
  Vector in_deviations(const WeightedSum& sum) const;
  /// Of a direction in the members' own units: Jᵀ · direction.
  Vector turned(std::span<const double> direction) const;
  /// What each row moves along `solved`, A⁻¹ times a direction.
  std::vector<double> moves(const Vector& at, const Vector& solved) const;

 private:
  std::span<const float> sample(bool reference) const { return reference ? logits_.reference : logits_.generated; }
  std::size_t rows_of(bool reference) const { return sample(reference).size() / logits_.members; }
  /// Of a row, both samples counting ½.
  double weight_of(bool reference, std::size_t row) const {
    return 0.5 / weight_sum_[reference] * logits_.weight(reference, row);
  }
  double target_of(bool reference) const {
    if (!softened_) return reference ? 1 : 0;
    const auto n = static_cast<double>(rows_of(reference));
    return reference ? (n + 1) / (n + 2) : 1 / (n + 2);
  }

  static void require_finite(std::span<const float> sample, std::size_t rows) {
    const auto bad = std::find_if(sample.begin(), sample.end(), [](float x) { return !std::isfinite(x); });
    if (bad == sample.end()) return;
    const auto place = static_cast<std::size_t>(bad - sample.begin());
    throw Error(ErrorCode::non_finite, "the logit of member " + std::to_string(place / rows) + " for row " +
                                           std::to_string(place % rows) + " is not a finite number");
  }

  void scale_members() {
    for (std::size_t m = 0; m < logits_.members; ++m) {
      double mean = 0, square = 0, deviation = 0;
      const auto for_each = [&](const auto& add) {
        for (const bool reference : {true, false}) {
          const std::size_t rows = rows_of(reference);
          const auto said = sample(reference).subspan(m * rows, rows);
          for (const float x : said) add(0.5 / static_cast<double>(rows), double{x});
        }
      };
      for_each([&](double weight, double x) { mean += weight * x; });
      for_each([&](double weight, double x) {
        square += weight * x * x;
        deviation += weight * (x - mean) * (x - mean);
      });
      mean_.push_back(mean);
      const bool constant = deviation <= constant_member * constant_member * square;
      inverse_deviation_.push_back(constant ? 0 : 1 / std::sqrt(deviation));
    }
  }

  template <class Visit>
  void for_each_row(bool reference, const Visit& visit) const {
    const std::size_t rows = rows_of(reference);
    const float* const first = sample(reference).data();
    Vector x(size(), 1);
    for (std::size_t row = 0; row < rows; ++row) {
      if (row % 1024 == 0) control_.check();
      for (std::size_t m = 0; m < logits_.members; ++m) {
        x[m] = (double{first[m * rows + row]} - mean_[m]) * inverse_deviation_[m];
      }
      visit(x, weight_of(reference, row));
    }
  }

  const MemberLogits& logits_;
  const JobControl& control_;
  double weight_sum_[2] = {0, 0};  ///< of the generated and the reference rows
  Vector mean_, inverse_deviation_;
  bool softened_ = false;
};

void add_outer(Vector& to, double factor, const Vector& x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) to[i * x.size() + j] += factor * x[i] * x[j];
  }
}

Derivatives Problem::derivatives(const Vector& at) const {
  const std::size_t n = size();
  Derivatives result{0, Vector(n), Vector(n * n), Vector(n * n), Vector(n * n), false};
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -lowest;
  for (const bool reference : {true, false}) {
    const double target = target_of(reference);
    Vector sum(n), weighted(n), scatter(n * n);
    double squares = 0;
    for_each_row(reference, [&](const Vector& x, double weight) {
      const double l = dot(at, x);
      const double sigmoid = 1 / (1 + std::exp(-l));
      if (reference && weight > 0) lowest = std::min(lowest, l);
      if (!reference && weight > 0) highest = std::max(highest, l);
      result.loss -= weight * (target * log_sigmoid(l) + (1 - target) * log_sigmoid(-l));
      // 1 - σ(l) is σ(-l), to all digits.
      const double residual = weight * ((1 - target) * sigmoid - target / (1 + std::exp(l)));
      for (std::size_t i = 0; i < n; ++i) sum[i] += residual * x[i];
      for (std::size_t i = 0; i < n; ++i) weighted[i] += weight * residual * x[i];
      squares += weight * weight;
      add_outer(scatter, residual * residual, x);
      add_outer(result.second, std::fabs(weight) * sigmoid / (1 + std::exp(l)), x);
      if (weight < 0) add_outer(result.negative, 2 * weight * sigmoid / (1 + std::exp(l)), x);
    });
    // Σ w²(g − ḡ)(g − ḡ)ᵀ, ḡ the mean with the weights, whose sum is ½.
    const auto rows = static_cast<double>(rows_of(reference));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        scatter[i * n + j] += 4 * squares * sum[i] * sum[j] - 2 * (weighted[i] * sum[j] + sum[i] * weighted[j]);
      }
    }
    for (std::size_t i = 0; i < n; ++i) result.gradient[i] += sum[i];
    for (std::size_t i = 0; i < n * n; ++i) result.scatter[i] += scatter[i] * rows / std::max(rows - 1, 1.0);
  }
  result.separated = lowest > highest;
  return result;
}

WeightedSum Problem::in_own_units(const Vector& at, const Vector& covariance) const {
  const std::size_t n = size();
  WeightedSum result;
  // (w, w_0) = J · at.
  Vector j(n * n);
  for (std::size_t m = 0; m + 1 < n; ++m) {
    j[m * n + m] = inverse_deviation_[m];
    j[(n - 1) * n + m] = -mean_[m] * inverse_deviation_[m];
  }
  j[n * n - 1] = 1;
  Vector own(n), half(n * n);
  result.covariance.resize(n * n);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      own[a] += j[a * n + b] * at[b];
      for (std::size_t c = 0; c < n; ++c) half[a * n + c] += j[a * n + b] * covariance[b * n + c];
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      for (std::size_t c = 0; c < n; ++c) result.covariance[a * n + b] += half[a * n + c] * j[b * n + c];
    }
  }
  result.weights.assign(own.begin(), own.end() - 1);
  result.constant = own.back();
  return result;
}

Vector Problem::in_deviations(const WeightedSum& sum) const {
  Vector at(size());
  at.back() = sum.constant;
  for (std::size_t m = 0; m + 1 < size(); ++m) {
    at.back() += sum.weights[m] * mean_[m];
    at[m] = inverse_deviation_[m] > 0 ? sum.weights[m] / inverse_deviation_[m] : 0;
  }
  return at;
}

Vector Problem::turned(std::span<const double> direction) const {
  Vector result(direction.begin(), direction.end());
  for (std::size_t m = 0; m + 1 < size(); ++m) {
    result[m] = inverse_deviation_[m] * (direction[m] - mean_[m] * direction.back());
  }
  return result;
}

std::vector<double> Problem::moves(const Vector& at, const Vector& solved) const {
  std::vector<double> result;
  for (const bool reference : {true, false}) {
    const double target = target_of(reference);
    const std::size_t first = result.size();
    double mean = 0;
    for_each_row(reference, [&](const Vector& x, double weight) {
      const double l = dot(at, x);
      result.push_back((target / (1 + std::exp(l)) - (1 - target) / (1 + std::exp(-l))) / 2 * dot(solved, x));
      mean += 2 * weight * result.back();
    });
    // A row of a larger weight takes weight from the others of its sample.
    const double of_average = 2 * static_cast<double>(rows_of(reference));
    for (std::size_t row = 0; first + row < result.size(); ++row) {
      result[first + row] = of_average * weight_of(reference, row) * (result[first + row] - mean);
    }
  }
  return result;
}

/// Weights that may still move: all but those at 0 that would become negative.
std::vector<char> free_weights(const Vector& at, const Vector& gradient, MemberWeights allowed) {
  std::vector<char> free(at.size(), 1);
  if (allowed == MemberWeights::any) return free;
  for (std::size_t m = 0; m + 1 < at.size(); ++m) free[m] = at[m] > 0 || gradient[m] < 0;
  return free;
}

Vector moved(Vector at, double length, const Vector& step, MemberWeights allowed) {
  for (std::size_t i = 0; i < at.size(); ++i) at[i] += length * step[i];
  if (allowed == MemberWeights::any) return at;
  for (std::size_t m = 0; m + 1 < at.size(); ++m) at[m] = std::max(at[m], 0.0);
  return at;
}

struct Minimum {
  Vector at;
  Derivatives there;
};

/// Newton's method from 0. Leaves as soon as the samples are found to be separated, unless the targets are soft.
Minimum minimize(const Problem& problem, MemberWeights allowed, bool until_separated, const JobControl& control) {
  Minimum best{Vector(problem.size()), problem.derivatives(Vector(problem.size()))};
  for (int taken = 0; taken < most_steps; ++taken) {
    const auto& [loss, gradient, second, negative, scatter, separated] = best.there;
    if (separated && until_separated) return best;
    Vector downhill = gradient;
    for (double& x : downhill) x = -x;
    const Vector step = solve_smallest(second, downhill, free_weights(best.at, gradient, allowed), control);
    const double gain = dot(downhill, step) / 2;
    if (!(gain > 0)) return best;
    // Too little for sums over all rows to show it.
    const bool last = gain * static_cast<double>(problem.rows()) < tolerance;
    for (double length = 1;; length /= 2) {
      if (length < 1e-12) return best;
      Vector trial = moved(best.at, length, step, allowed);
      double promised = 0;
      for (std::size_t i = 0; i < trial.size(); ++i) promised += gradient[i] * (best.at[i] - trial[i]);
      if (!last && !(problem.loss(trial) <= loss - 1e-4 * promised + rounding)) continue;
      best = {trial, problem.derivatives(trial)};
      break;
    }
    if (last) return best;
  }
  return best;
}

/// The second derivative at a minimum. In a direction in which negative weights make it curve the other way it is not one.
Vector curvature(const Derivatives& at) {
  Vector second = at.second;
  for (std::size_t i = 0; i < second.size(); ++i) second[i] += at.negative[i];
  return second;
}

/// A⁺ B A⁺ on the weights that are not held at 0.
Vector sandwich(const Derivatives& at, const std::vector<char>& free, const JobControl& control) {
  const std::size_t n = at.gradient.size();
  const Vector second = curvature(at);
  const auto solved_rows = [&](const Vector& matrix) {
    // Row by row: A⁺ times a row; of a matrix M this is M A⁺.
    Vector result(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      const Vector row(matrix.begin() + static_cast<std::ptrdiff_t>(i * n),
                       matrix.begin() + static_cast<std::ptrdiff_t>((i + 1) * n));
      const Vector x = solve_smallest(second, row, free, control);
      std::copy(x.begin(), x.end(), result.begin() + static_cast<std::ptrdiff_t>(i * n));
    }
    return result;
  };
  Vector half = solved_rows(at.scatter);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) std::swap(half[i * n + j], half[j * n + i]);
  }
  return solved_rows(half);
}

}  // namespace

void WeightedSum::validate() const {
  const std::size_t size = weights.size() + 1;
  if (weights.empty() || covariance.size() != size * size) {
    throw Error(ErrorCode::classifier, "the covariance of the members' weights does not have their size");
  }
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::isfinite(constant) || !std::all_of(weights.begin(), weights.end(), finite) ||
      !std::all_of(covariance.begin(), covariance.end(), finite)) {
    throw Error(ErrorCode::non_finite, "the weights of the members hold a number that is not finite");
  }
}

std::vector<double> influences(const MemberLogits& logits, const WeightedSum& sum, std::span<const double> direction,
                               const JobControl& control) {
  Problem problem(logits, control);
  if (sum.separable) problem.soften_targets();
  const Vector at = problem.in_deviations(sum);
  std::vector<char> free(at.size(), 1);
  for (std::size_t m = 0; m + 1 < free.size(); ++m) free[m] = at[m] != 0;
  const Derivatives there = problem.derivatives(at);
  return problem.moves(at, solve_smallest(curvature(there), problem.turned(direction), free, control));
}

WeightedSum fit_weighted_sum(const MemberLogits& logits, MemberWeights allowed, const JobControl& control) {
  Problem problem(logits, control);
  Minimum best = minimize(problem, allowed, true, control);
  const bool separable = best.there.separated;
  if (separable) {
    problem.soften_targets();
    best = minimize(problem, allowed, false, control);
  }
  // At 0 for good: also where the slope happens to be 0.
  std::vector<char> free(best.at.size(), 1);
  for (std::size_t m = 0; m + 1 < free.size(); ++m) free[m] = allowed == MemberWeights::any || best.at[m] > 0;
  WeightedSum result = problem.in_own_units(best.at, sandwich(best.there, free, control));
  result.separable = separable;
  return result;
}

}  // namespace caloscope
