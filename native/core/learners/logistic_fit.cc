#include "core/learners/logistic_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/learners/gram_matrix.h"
#include "core/run/error.h"
#include "core/training/class_weights.h"
#include "core/weights/row_weight.h"

namespace caloscope {
namespace {

/// Newton steps; some ten are usual.
constexpr int most_steps = 200;
/// Iterations of conjugate gradients in a step.
constexpr std::size_t most_iterations = 100;
/// Length of what a Newton step leaves of the gradient.
constexpr double step_precision = 0.05;
/// Of a mean over rows.
constexpr double rounding = 1e-14;
/// What is missing after a step, of what it gained, as a bound that is not tight.
constexpr double left_by_step = 0.01;
/// Rows of the preconditioner: at least these, a multiple of the number of terms, and a share of all rows.
constexpr std::size_t least_sampled = 2048;
constexpr std::size_t sampled_of_term = 4;
constexpr std::size_t rows_of_sampled = 20;
/// Terms up to which a new preconditioner costs nothing beside the gradients.
constexpr std::size_t few_terms = 128;
/// Rows a term below which steps are found without a preconditioner.
constexpr std::size_t rows_of_term = 4;

/// Variance over mean square below which a term is constant.
constexpr double constant_term = 1e-12;

constexpr std::size_t block = QuadraticTerms::block;

/// Some rows, in double precision; what is missing of a block is 0.
struct RowBlock {
  std::vector<double> rows, lanes;

  explicit RowBlock(std::size_t values) : rows(values * block), lanes(values * block) {}

  void load(const LogisticRows& from, std::size_t first, std::size_t count) {
    for (std::size_t r = 0; r < block; ++r) {
      const float* row = from.numbers.data() + (first + r) * from.values;
      for (std::size_t i = 0; i < from.values; ++i) {
        const double value = r < count ? double{row[i]} : 0;
        rows[r * from.values + i] = value;
        lanes[i * block + r] = value;
      }
    }
  }
};

/// Calls body(tile, first row, rows) for all rows in blocks. Tiles depend on the number of rows alone.
template <class Body>
void for_each_block(std::size_t rows, std::size_t tiles, const TileRunner& run_tiles, const JobControl& control,
                    const Body& body) {
  const std::size_t blocks = (rows + block - 1) / block;
  run_tiles(tiles, [&](std::size_t tile) {
    for (std::size_t b = tile * blocks / tiles; b < (tile + 1) * blocks / tiles; ++b) {
      if (b % 64 == 0) control.check();
      body(tile, b * block, std::min(block, rows - b * block));
    }
  });
}

std::size_t tiles_of(std::size_t rows) { return std::clamp<std::size_t>(rows / shower_tile, 1, 64); }

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void add_scaled(std::vector<double>& to, double factor, const std::vector<double>& v) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * v[i];
}

}  // namespace

std::vector<std::size_t> thinned(std::span<const std::uint8_t> label, std::size_t most) {
  std::vector<std::size_t> places;
  for (std::uint8_t wanted = 0; wanted < 2; ++wanted) {
    std::vector<std::size_t> of_class;
    for (std::size_t r = 0; r < label.size(); ++r) {
      if (label[r] == wanted) of_class.push_back(r);
    }
    const std::size_t share = std::max<std::size_t>(of_class.size() * most / label.size(), 1);
    const std::size_t count = std::min(of_class.size(), share);
    for (std::size_t i = 0; i < count; ++i) places.push_back(of_class[i * of_class.size() / count]);
  }
  return places;
}

std::vector<double> LogisticRows::balanced_weights() const {
  const auto reference = static_cast<std::size_t>(std::count(label.begin(), label.end(), std::uint8_t{1}));
  if (reference == 0 || reference == label.size()) {
    throw Error(ErrorCode::too_few_rows, "a regression needs a row of each sample");
  }
  double sum[2] = {0, 0};
  for (std::size_t r = 0; r < count(); ++r) sum[label[r]] += weight_of(r);
  for (const int of : {0, 1}) require_class_weight(sum[of], of != 0);
  std::vector<double> balanced(count());
  for (std::size_t r = 0; r < count(); ++r) balanced[r] = weight_of(r) * (0.5 / sum[label[r]]);
  return balanced;
}

/// Calls `of_block(first, rows, logits, factors)` with the sums of every block of rows, which sets a factor a row and
/// returns a number: Σ factor · term, Σ factor, and the sum of what it returned.
template <class OfBlock>
LogisticFit::Vector LogisticFit::sum_over_blocks(const TermWeights& weights, const OfBlock& of_block) const {
  const std::size_t size = terms_.count() + 2;
  const std::size_t tiles = tiles_of(rows_.count());
  std::vector<Vector> of_tile(tiles, Vector(size));
  std::vector<RowBlock> scratch(tiles, RowBlock(terms_.values));
  for_each_block(rows_.count(), tiles, run_tiles_, control_, [&](std::size_t tile, std::size_t first, std::size_t rows) {
    Vector& sum = of_tile[tile];
    scratch[tile].load(rows_, first, rows);
    std::array<double, block> logit{}, factor{};
    terms_.sums(weights.weights.data(), scratch[tile].lanes.data(), logit.data());
    for (double& l : logit) l += weights.constant;
    sum[size - 1] += of_block(first, rows, logit, factor);
    terms_.add(factor.data(), scratch[tile].rows.data(), sum.data());
    for (std::size_t r = 0; r < rows; ++r) sum[size - 2] += factor[r];
  });
  for (std::size_t tile = 1; tile < tiles; ++tile) add_scaled(of_tile[0], 1, of_tile[tile]);
  return of_tile[0];
}

double balanced_cross_entropy(const QuadraticTerms& terms, const TermWeights& weights, const LogisticRows& rows,
                              const TileRunner& run_tiles, const JobControl& control) {
  const std::vector<double> weight = rows.balanced_weights();
  const std::size_t tiles = tiles_of(rows.count());
  std::vector<double> loss(tiles);
  std::vector<RowBlock> scratch(tiles, RowBlock(terms.values));
  for_each_block(rows.count(), tiles, run_tiles, control, [&](std::size_t tile, std::size_t first, std::size_t count) {
    scratch[tile].load(rows, first, count);
    std::array<double, block> logit{};
    terms.sums(weights.weights.data(), scratch[tile].lanes.data(), logit.data());
    for (std::size_t r = 0; r < count; ++r) {
      const double l = logit[r] + weights.constant;
      const std::uint8_t label = rows.label[first + r];
      loss[tile] -= weight[first + r] * log_sigmoid(label ? l : -l);
    }
  });
  return std::accumulate(loss.begin(), loss.end(), 0.0);
}

LogisticFit::LogisticFit(const QuadraticTerms& terms, const LogisticRows& rows, const TileRunner& run_tiles,
                         const JobControl& control)
    : terms_(terms),
      rows_(rows),
      run_tiles_(run_tiles),
      control_(control),
      weight_(rows.balanced_weights()),
      at_(terms.count() + 1),
      curvature_(rows.count()) {
  standardise_terms();
}

void LogisticFit::standardise_terms() {
  const std::size_t count = terms_.count();
  const std::size_t tiles = tiles_of(rows_.count());
  std::vector<Vector> first_moment(tiles, Vector(count)), second_moment(tiles, Vector(count));
  const auto references = static_cast<double>(std::count(rows_.label.begin(), rows_.label.end(), std::uint8_t{1}));
  const double class_share[] = {0.5 / (static_cast<double>(rows_.count()) - references), 0.5 / references};
  for_each_block(rows_.count(), tiles, run_tiles_, control_, [&](std::size_t tile, std::size_t first, std::size_t rows) {
    Vector row(terms_.values), term(count);
    for (std::size_t r = first; r < first + rows; ++r) {
      std::copy_n(rows_.numbers.data() + r * terms_.values, terms_.values, row.data());
      terms_.expand(row.data(), term.data());
      const double weight = class_share[rows_.label[r]];
      for (std::size_t j = 0; j < count; ++j) {
        first_moment[tile][j] += weight * term[j];
        second_moment[tile][j] += weight * term[j] * term[j];
      }
    }
  });
  for (std::size_t tile = 1; tile < tiles; ++tile) {
    add_scaled(first_moment[0], 1, first_moment[tile]);
    add_scaled(second_moment[0], 1, second_moment[tile]);
  }
  mean_ = first_moment[0];
  inverse_deviation_.resize(count);
  for (std::size_t j = 0; j < count; ++j) {
    const double square = second_moment[0][j];
    const double variance = square - mean_[j] * mean_[j];
    // Of a square that is always 1, rounding alone is left.
    if (variance > constant_term * square) inverse_deviation_[j] = 1 / std::sqrt(variance);
  }
}

TermWeights LogisticFit::raw(const Vector& standardised) const {
  TermWeights result{Vector(terms_.count()), standardised.back()};
  for (std::size_t j = 0; j < result.weights.size(); ++j) {
    result.weights[j] = standardised[j] * inverse_deviation_[j];
    result.constant -= result.weights[j] * mean_[j];
  }
  return result;
}

void LogisticFit::start_from(const TermWeights& weights) {
  at_.back() = weights.constant;
  for (std::size_t j = 0; j < weights.weights.size(); ++j) {
    at_[j] = inverse_deviation_[j] > 0 ? weights.weights[j] / inverse_deviation_[j] : 0;
    at_.back() += inverse_deviation_[j] > 0 ? weights.weights[j] * mean_[j] : 0;
  }
}

/// From the sums of sum_over_blocks.
LogisticFit::Vector LogisticFit::standardised_gradient(const Vector& sums) const {
  const std::size_t count = terms_.count();
  Vector result(count + 1);
  for (std::size_t j = 0; j < count; ++j) result[j] = inverse_deviation_[j] * (sums[j] - mean_[j] * sums[count]);
  result[count] = sums[count];
  return result;
}

LogisticFit::Point LogisticFit::evaluate(const Vector& at, Vector& curvature) const {
  const Vector sums = sum_over_blocks(raw(at), [&](std::size_t first, std::size_t rows, const auto& logit, auto& factor) {
    double loss = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const std::uint8_t label = rows_.label[first + r];
      const double weight = weight_[first + r];
      const double towards = label ? logit[r] : -logit[r];
      const double wrong = 1 / (1 + std::exp(towards));
      loss -= weight * log_sigmoid(towards);
      factor[r] = label ? -weight * wrong : weight * wrong;
      curvature[first + r] = std::fabs(weight) * wrong * (1 - wrong);
    }
    return loss;
  });
  Point point{sums.back(), standardised_gradient(sums)};
  for (std::size_t j = 0; j < terms_.count(); ++j) {
    point.loss += ridge_ / 2 * at[j] * at[j];
    point.gradient[j] += ridge_ * at[j];
  }
  return point;
}

LogisticFit::Vector LogisticFit::curvature_times(const Vector& v) const {
  const Vector sums = sum_over_blocks(raw(v), [&](std::size_t first, std::size_t rows, const auto& along, auto& factor) {
    for (std::size_t r = 0; r < rows; ++r) factor[r] = curvature_[first + r] * along[r];
    return 0.0;
  });
  Vector result = standardised_gradient(sums);
  for (std::size_t j = 0; j < terms_.count(); ++j) result[j] += ridge_ * v[j];
  return result;
}

void LogisticFit::sample_second_derivative() {
  const std::size_t size = terms_.count() + 1;
  // Half of them of either class, equally spaced; all where one class has fewer.
  const std::size_t of_class = (sampled_rows() + 1) / 2;
  std::array<std::vector<std::size_t>, 2> rows;
  for (std::size_t r = 0; r < rows_.count(); ++r) rows[rows_.label[r]].push_back(r);
  GramMatrix gram(size);
  constexpr std::size_t piece = 128;
  Vector row(terms_.values), terms(piece * size), weight(piece);
  for (const auto& all : rows) {
    const std::size_t count = std::min(all.size(), of_class);
    const double share = static_cast<double>(all.size()) / static_cast<double>(count);
    for (std::size_t first = 0; first < count; first += piece) {
      control_.check();
      const std::size_t rows_here = std::min(piece, count - first);
      for (std::size_t r = 0; r < rows_here; ++r) {
        const std::size_t number = all[(first + r) * all.size() / count];
        double* out = terms.data() + r * size;
        std::copy_n(rows_.numbers.data() + number * terms_.values, terms_.values, row.data());
        terms_.expand(row.data(), out);
        for (std::size_t j = 0; j + 1 < size; ++j) out[j] = (out[j] - mean_[j]) * inverse_deviation_[j];
        out[size - 1] = 1;
        weight[r] = share * curvature_[number];
      }
      gram.add({terms.data(), rows_here * size}, {weight.data(), rows_here}, run_tiles_);
    }
  }
  gram_ = gram.upper();
}

void LogisticFit::factorize_preconditioner() {
  const std::size_t size = terms_.count() + 1;
  double largest = 0;
  for (std::size_t j = 0; j < size; ++j) largest = std::max(largest, gram_[j * size + j]);
  // What rounding takes from the smallest eigenvalue, and more where that is not enough. Where every row is told apart
  // with certainty nothing is left but the ridge.
  for (double added = std::max(1e-14 * largest, 1e-300);; added *= 100) {
    Vector matrix = gram_;
    for (std::size_t j = 0; j < size; ++j) matrix[j * size + j] += added + (j + 1 < size ? ridge_ : 0);
    preconditioner_ = Cholesky::factorize(std::move(matrix), size, control_);
    if (preconditioner_) return;
  }
}

std::size_t LogisticFit::sampled_rows() const {
  const std::size_t most = std::max({least_sampled, sampled_of_term * terms_.count(), rows_.count() / rows_of_sampled});
  return std::min(most, rows_.count());
}

/// Iterations up to which a step is cheaper with an old preconditioner.
std::size_t LogisticFit::patience() const {
  // A new one costs (sampled rows) · (terms)² products, an iteration some 16 · rows · terms.
  const std::size_t worth = sampled_rows() * terms_.count() / (16 * rows_.count());
  // Of many terms a sample tells the second derivative roughly: so many iterations are usual.
  return std::max<std::size_t>(worth, terms_.count() > few_terms && sampled_rows() < rows_.count() ? 12 : 1);
}

void LogisticFit::precondition(Vector& v) const {
  if (preconditioner_) preconditioner_->solve(v);
}

LogisticFit::Vector LogisticFit::newton_step(const Vector& gradient) {
  // With few rows the ridge rules: few iterations are needed without, and one factorization costs more.
  if (rows_.count() >= rows_of_term * terms_.count()) {
    const bool slow = last_iterations_ > patience();
    if (gram_.empty() || slow) sample_second_derivative();
    if (!preconditioner_ || slow) factorize_preconditioner();
  }
  Vector step(gradient.size()), residual(gradient.size());
  for (std::size_t j = 0; j < gradient.size(); ++j) residual[j] = -gradient[j];
  Vector direction = residual;
  precondition(direction);
  double square = dot(residual, direction);
  const double enough = step_precision * step_precision * square;
  for (last_iterations_ = 0; last_iterations_ < most_iterations && square > 0;) {
    ++last_iterations_;
    const Vector image = curvature_times(direction);
    const double along = dot(direction, image);
    if (!(along > 0)) break;
    const double length = square / along;
    add_scaled(step, length, direction);
    add_scaled(residual, -length, image);
    Vector next = residual;
    precondition(next);
    const double next_square = dot(residual, next);
    if (next_square <= enough) break;
    add_scaled(next, next_square / square, direction);
    direction = std::move(next);
    square = next_square;
  }
  return step;
}

void LogisticFit::minimize(double ridge, double tolerance) {
  ridge_ = ridge / static_cast<double>(rows_.count());
  preconditioner_.reset();
  Point point = evaluate(at_, curvature_);
  Vector curvature(curvature_.size());
  for (int taken = 0; taken < most_steps; ++taken) {
    const Vector step = newton_step(point.gradient);
    const double gain = -dot(point.gradient, step) / 2;
    if (!(gain > 0)) return;
    // A last step is too small for sums over all rows to show what it gains.
    const bool last = left_by_step * gain * static_cast<double>(rows_.count()) < tolerance;
    for (double length = 1;; length /= 2) {
      if (length < 1e-9) return;
      Vector trial = at_;
      add_scaled(trial, length, step);
      if (last) {
        at_ = std::move(trial);
        return;
      }
      Point there = evaluate(trial, curvature);
      if (!(there.loss <= point.loss - 1e-4 * length * gain + rounding)) continue;
      at_ = std::move(trial);
      point = std::move(there);
      curvature_.swap(curvature);
      break;
    }
  }
}

}  // namespace caloscope
