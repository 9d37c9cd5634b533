#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/learners/dense_rows.h"
#include "core/learners/quadratic_terms.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// A classifier whose logit is linear in the columns, or quadratic: constant + Σ weight · term. The columns are whitened
/// before (InputMap), so that what is narrow counts as much as what is wide.
struct LogisticRegression {
  std::uint32_t columns = 0;
  std::vector<double> weights;  ///< one a term, as QuadraticTerms has them in order
  double constant = 0;

  std::uint32_t inputs() const { return columns; }
  /// Numbers that are fitted to the labels.
  std::uint64_t parameters() const { return weights.size() + 1; }
  QuadraticTerms terms() const { return {columns, weights.size() > columns}; }

  /// One a row. Positive where the row looks like the reference.
  std::vector<float> logits(const DenseRows& rows, const TileRunner& run_tiles, const JobControl& control) const;

  /// Throws Error(classifier) where sizes do not fit, Error(non_finite).
  void validate() const;

  /// Calls `visit(name, shape, values)` with every array.
  template <class Visit>
  void for_each_tensor(const Visit& visit) const {
    walk(*this, visit);
  }
  template <class Visit>
  void for_each_tensor(const Visit& visit) {
    walk(*this, visit);
  }

 private:
  template <class Self, class Visit>
  static void walk(Self& self, const Visit& visit) {
    visit("weights", std::vector<std::size_t>{self.weights.size()}, std::span(self.weights));
    visit("constant", std::vector<std::size_t>{1}, std::span(&self.constant, 1));
  }
};

struct LogisticSettings {
  /// With squares and products of the columns.
  bool products = false;
  /// Of which the one with the smallest loss on held-out rows is taken, from the strongest down: precision of a prior for
  /// the weight of a term with deviation 1, which is 1/C of scikit-learn. The path ends where three in a row are no better.
  std::vector<double> ridges = {1e5, 3e4, 1e4, 3e3, 1e3, 300, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03, 0.01};
  /// Nats, summed over the rows, that may be missing at the end; half a nat would be a standard error.
  double tolerance = 1e-3;

  /// More are refused: they cost more than networks do, and most samples have fewer rows.
  static constexpr std::size_t most_terms = 1000;

  /// Throws Error(argument) that names the setting.
  void validate() const;
};

struct LogisticRegressionFit {
  struct Trial {
    double ridge;
    double validation_loss;  ///< balanced cross-entropy in nats
  };
  LogisticRegression model;
  std::vector<Trial> trials;
  double ridge = 0;  ///< that was taken; infinite: none is better than the model that says 0 of every row
};

/// Chooses the ridge on the validation rows and fits again to all rows of both kinds. Where none does better there than no
/// weights, the weights are 0. With a single ridge nothing is chosen, and there may be no validation rows. Of many rows,
/// some tell the ridge as well.
/// Throws Error(too_few_rows) unless both kinds have rows of both samples, Error(argument) for more than `most_terms`
/// terms or an unsound setting, Error(shape).
LogisticRegressionFit fit_logistic_regression(const LabelledDenseRows& training, const LabelledDenseRows& validation,
                                              const LogisticSettings& settings, const TileRunner& run_tiles,
                                              const JobControl& control);

}  // namespace caloscope
