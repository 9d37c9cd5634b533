#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/learners/cholesky.h"
#include "core/learners/quadratic_terms.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Rows that a logit is fitted to.
struct LogisticRows {
  std::size_t values = 0;            ///< of a row
  std::vector<float> numbers;        ///< rows × values
  std::vector<std::uint8_t> label;   ///< one a row; 1 is the reference
  std::vector<double> weight{};      ///< one a row, of any sign; empty: every row counts 1

  std::size_t count() const { return label.size(); }
  double weight_of(std::size_t row) const { return weight.empty() ? 1 : weight[row]; }
  /// Of each row, with which both classes count ½ in total. Throws Error(too_few_rows) where one is empty, Error(argument)
  /// where its weights have no sum above 0.
  std::vector<double> balanced_weights() const;
};

/// Places of about `most` rows, equally spaced in each class, which keeps its share: class 0, then class 1.
std::vector<std::size_t> thinned(std::span<const std::uint8_t> label, std::size_t most);

/// logit = constant + Σ weight · term.
struct TermWeights {
  std::vector<double> weights;
  double constant = 0;
};

/// Mean binary cross-entropy in nats, both classes counting ½.
double balanced_cross_entropy(const QuadraticTerms& terms, const TermWeights& weights, const LogisticRows& rows,
                              const TileRunner& run_tiles, const JobControl& control);

/// Ridge logistic regression with balanced classes: the minimum of
///
///     n · (balanced cross-entropy) + ½ ridge Σ_j (w_j σ_j)²,
///
/// n rows, the constant free; σ_j is the deviation of term j over the rows, whatever their weights, so that the units of a term do not matter,
/// and a term that never changes has weight 0. scikit-learn's LogisticRegression(C = 1/ridge, class_weight='balanced') on
/// standardised columns is the same. The ridge makes the minimum unique, also where columns repeat each other or where
/// the classes are separated.
///
/// Newton's method, rows of negative weight curving the loss as those of positive weight do, so that every step goes down; each step by conjugate gradients, preconditioned with the second derivative over some of the rows:
/// with a thousand terms that over all rows would cost a thousand times what a gradient costs. The same bits for any
/// number of threads.
class LogisticFit {
 public:
  /// All arguments must outlive the fit.
  LogisticFit(const QuadraticTerms& terms, const LogisticRows& rows, const TileRunner& run_tiles,
              const JobControl& control);

  /// From where the last call ended, or from 0. Ends where less than `tolerance` is missing in the sum above (nats).
  void minimize(double ridge, double tolerance);

  TermWeights weights() const { return raw(at_); }
  /// Other weights to begin with.
  void start_from(const TermWeights& weights);

 private:
  /// In units in which every term has mean 0 and deviation 1; the constant comes last.
  using Vector = std::vector<double>;
  struct Point {
    double loss = 0;
    Vector gradient;
  };

  void standardise_terms();
  TermWeights raw(const Vector& standardised) const;
  Vector standardised_gradient(const Vector& sums) const;
  Point evaluate(const Vector& at, Vector& curvature) const;
  Vector curvature_times(const Vector& v) const;
  std::size_t sampled_rows() const;
  std::size_t patience() const;
  void sample_second_derivative();
  void factorize_preconditioner();
  void precondition(Vector& v) const;
  Vector newton_step(const Vector& gradient);
  template <class OfBlock>
  Vector sum_over_blocks(const TermWeights& weights, const OfBlock& of_block) const;

  const QuadraticTerms& terms_;
  const LogisticRows& rows_;
  const TileRunner& run_tiles_;
  const JobControl& control_;
  std::vector<double> weight_;  ///< of each row
  Vector mean_, inverse_deviation_;
  Vector at_;
  Vector curvature_;  ///< second derivative of each row's loss by its logit, times its weight
  double ridge_ = 0;  ///< over the number of rows
  Vector gram_;       ///< second derivative over some rows, without the ridge
  std::optional<Cholesky> preconditioner_;
  std::size_t last_iterations_ = 0;
};

}  // namespace caloscope
