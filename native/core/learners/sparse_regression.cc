#include "core/learners/sparse_regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/learners/logistic_fit.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

/// Rows that are enough to choose columns with.
constexpr std::size_t rows_for_choice = 20000;
/// Columns in a row without progress after which the choice ends.
constexpr std::size_t patience = 3;
/// Deviation over largest value below which a column never changes.
constexpr double constant_column = 1e-6;
constexpr double tolerance = 1e-3;

/// Some columns of some rows.
LogisticRows chosen_numbers(const LabelledDenseRows& rows, const std::vector<std::size_t>& places,
                            const std::vector<std::uint32_t>& columns) {
  LogisticRows result{columns.size(), {}, {}};
  result.numbers.reserve(places.size() * columns.size());
  for (const std::size_t place : places) {
    const float* const row = rows.rows.row(place);
    for (const std::uint32_t column : columns) result.numbers.push_back(row[column]);
    result.label.push_back(rows.label[place]);
    if (!rows.weight.empty()) result.weight.push_back(rows.weight[place]);
  }
  return result;
}

TermWeights fitted(const LogisticRows& rows, double ridge, const TileRunner& run_tiles, const JobControl& control) {
  const QuadraticTerms terms{rows.values, false};
  LogisticFit fit(terms, rows, run_tiles, control);
  fit.minimize(ridge, tolerance);
  return fit.weights();
}

double log_choose(std::size_t from, std::size_t taken) {
  const auto n = static_cast<double>(from), k = static_cast<double>(taken);
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// Takes column after column.
class Choice {
 public:
  Choice(const LabelledDenseRows& rows, const SparseSettings& settings, const TileRunner& run_tiles,
         const JobControl& control)
      : rows_(rows),
        settings_(settings),
        run_tiles_(run_tiles),
        control_(control),
        places_(thinned(rows.label, rows_for_choice)),
        standardised_(places_.size() * rows.rows.columns),
        changes_(rows.rows.columns),
        logit_(places_.size()) {
    run_tiles_(rows.rows.columns, [&](std::size_t column) { standardise(static_cast<std::uint32_t>(column)); });
  }

  /// The best columns, in the order in which they were taken.
  std::vector<std::uint32_t> run() {
    const auto usable = static_cast<std::size_t>(std::ranges::count(changes_, 1));
    const double count = effective_rows();
    double lowest = 2 * count * std::log(2);
    std::vector<std::uint32_t> taken, best;
    while (taken.size() < std::min<std::size_t>(usable, settings_.most_columns) &&
           taken.size() - best.size() < patience) {
      control_.check();
      taken.push_back(next(taken));
      const LogisticRows rows = chosen_numbers(rows_, places_, taken);
      const TermWeights weights = fitted(rows, settings_.ridge, run_tiles_, control_);
      const double loss = balanced_cross_entropy({taken.size(), false}, weights, rows, run_tiles_, control_);
      const double criterion = 2 * count * loss + static_cast<double>(taken.size()) * std::log(count) +
                               log_choose(usable, taken.size());
      if (criterion < lowest) {
        lowest = criterion;
        best = taken;
      }
      for (std::size_t r = 0; r < places_.size(); ++r) {
        logit_[r] = weights.constant;
        for (std::size_t i = 0; i < taken.size(); ++i) {
          logit_[r] += weights.weights[i] * double{rows.numbers[r * taken.size() + i]};
        }
      }
    }
    return best;
  }

 private:
  /// That so many rows of weight 1 would tell as much: (Σw)²/Σw² of each sample.
  double effective_rows() const {
    double sum[2] = {0, 0}, squares[2] = {0, 0};
    for (const std::size_t place : places_) {
      const double weight = rows_.weight_of(place);
      sum[rows_.label[place]] += weight;
      squares[rows_.label[place]] += weight * weight;
    }
    return sum[0] * sum[0] / squares[0] + sum[1] * sum[1] / squares[1];
  }

  void standardise(std::uint32_t column) {
    const std::size_t n = places_.size();
    double sum = 0, squares = 0, largest = 0;
    for (const std::size_t place : places_) {
      const double x = rows_.rows.row(place)[column];
      sum += x;
      largest = std::max(largest, std::fabs(x));
    }
    const double mean = sum / static_cast<double>(n);
    for (const std::size_t place : places_) {
      const double x = rows_.rows.row(place)[column] - mean;
      squares += x * x;
    }
    const double deviation = std::sqrt(squares / static_cast<double>(n));
    changes_[column] = deviation > constant_column * largest ? 1 : 0;
    for (std::size_t r = 0; r < n; ++r) {
      const double x = rows_.rows.row(places_[r])[column] - mean;
      standardised_[column * n + r] = changes_[column] ? static_cast<float>(x / deviation) : 0;
    }
  }

  /// The column with the largest derivative in units of its error.
  std::uint32_t next(const std::vector<std::uint32_t>& taken) const {
    const std::size_t n = places_.size();
    std::vector<double> of_class(2);
    for (const std::size_t place : places_) of_class[rows_.label[place]] += rows_.weight_of(place);
    std::vector<double> residual(n);
    for (std::size_t r = 0; r < n; ++r) {
      const std::uint8_t label = rows_.label[places_[r]];
      residual[r] = rows_.weight_of(places_[r]) * (label - 1 / (1 + std::exp(-logit_[r]))) / of_class[label];
    }
    std::vector<double> score(rows_.rows.columns, -1);
    run_tiles_(score.size(), [&](std::size_t column) {
      if (!changes_[column] || std::ranges::find(taken, column) != taken.end()) return;
      double sum = 0, squares = 0;
      for (std::size_t r = 0; r < n; ++r) {
        const double term = residual[r] * double{standardised_[column * n + r]};
        sum += term;
        squares += term * term;
      }
      score[column] = squares > 0 ? sum * sum / squares : 0;
    });
    return static_cast<std::uint32_t>(std::ranges::max_element(score) - score.begin());
  }

  const LabelledDenseRows& rows_;
  const SparseSettings& settings_;
  const TileRunner& run_tiles_;
  const JobControl& control_;
  std::vector<std::size_t> places_;
  std::vector<float> standardised_;  ///< column by column
  std::vector<char> changes_;
  std::vector<double> logit_;  ///< with the columns that are taken
};

}  // namespace

void SparseSettings::validate() const {
  if (most_columns < 1) throw Error(ErrorCode::argument, "a sparse regression needs a column");
  if (!(ridge > 0 && std::isfinite(ridge))) throw Error(ErrorCode::argument, "the ridge must be a number above 0");
}

LogisticRegression fit_sparse_regression(const LabelledDenseRows& rows, const SparseSettings& settings,
                                         const TileRunner& run_tiles, const JobControl& control) {
  settings.validate();
  if (rows.label.size() != rows.rows.count) throw Error(ErrorCode::shape, "there is not one label a row");
  if (std::ranges::count(rows.label, 1) == 0 || std::ranges::count(rows.label, 0) == 0) {
    throw Error(ErrorCode::too_few_rows, "a regression needs rows of both samples");
  }
  const auto columns = Choice(rows, settings, run_tiles, control).run();
  LogisticRegression result{rows.rows.columns, std::vector<double>(rows.rows.columns), 0};
  if (columns.empty()) return result;
  std::vector<std::size_t> all(rows.rows.count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  const TermWeights weights = fitted(chosen_numbers(rows, all, columns), settings.ridge, run_tiles, control);
  for (std::size_t i = 0; i < columns.size(); ++i) result.weights[columns[i]] = weights.weights[i];
  result.constant = weights.constant;
  return result;
}

}  // namespace caloscope
