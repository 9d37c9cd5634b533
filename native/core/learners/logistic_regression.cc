#include "core/learners/logistic_regression.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "core/learners/logistic_fit.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

/// Rows that are enough to choose a ridge with, and the same a term.
constexpr std::size_t rows_for_ridge = 20000;
constexpr std::size_t rows_of_term = 20;
/// Ridges in a row without progress after which weaker ones are not tried, and what counts as progress, in nats.
constexpr int patience = 3;
constexpr double progress = 1e-6;
/// Nats by which no weights at all may seem worse than some.
constexpr double rounding = 1e-9;
/// Nats, summed over the rows, that are nothing beside what tells two ridges apart.
constexpr double tolerance_for_ridge = 0.03;

LogisticRows gathered(const LabelledDenseRows& from, std::uint32_t columns) {
  if (from.label.size() != from.rows.count) throw Error(ErrorCode::shape, "there is not one label a row");
  if (from.rows.count > 0 && from.rows.columns != columns) {
    throw Error(ErrorCode::shape, "the rows do not have the same columns");
  }
  LogisticRows result{columns, {}, from.label, from.weight};
  result.numbers.reserve(from.rows.count * columns);
  for (std::size_t r = 0; r < from.rows.count; ++r) {
    const float* const row = from.rows.row(r);
    result.numbers.insert(result.numbers.end(), row, row + columns);
  }
  return result;
}

/// The same rows, or some of them.
LogisticRows some_of(const LogisticRows& all, std::size_t most) {
  if (all.count() <= most) return all;
  LogisticRows result{all.values, {}, {}};
  for (const std::size_t place : thinned(all.label, most)) {
    const float* const row = all.numbers.data() + place * all.values;
    result.numbers.insert(result.numbers.end(), row, row + all.values);
    result.label.push_back(all.label[place]);
    if (!all.weight.empty()) result.weight.push_back(all.weight[place]);
  }
  return result;
}

/// Fits with one ridge after the other, each from where the last one ended. Returns the weights of the best one; no weights
/// and an infinite ridge where none is better than that: a strong ridge leaves tiny logits, whose weight in a sum is huge.
TermWeights choose_ridge(const QuadraticTerms& terms, const LogisticRows& training, const LogisticRows& validation,
                         const LogisticSettings& settings, const TileRunner& run_tiles, const JobControl& control,
                         LogisticRegressionFit& result) {
  const LogisticRows some = some_of(training, std::max(rows_for_ridge, rows_of_term * terms.count()));
  LogisticFit fit(terms, some, run_tiles, control);
  std::vector<double> ridges = settings.ridges;
  std::sort(ridges.rbegin(), ridges.rend());
  TermWeights best{std::vector<double>(terms.count()), 0};
  result.ridge = std::numeric_limits<double>::infinity();
  double best_loss = std::numbers::ln2 - rounding;
  int without_progress = 0;
  for (const double ridge : ridges) {
    fit.minimize(ridge, std::max(settings.tolerance, tolerance_for_ridge));
    const double loss = balanced_cross_entropy(terms, fit.weights(), validation, run_tiles, control);
    result.trials.push_back({ridge, loss});
    without_progress = loss < best_loss - progress ? 0 : without_progress + 1;
    if (loss < best_loss) {
      best_loss = loss;
      best = fit.weights();
      result.ridge = ridge;
    }
    if (without_progress == patience) break;
  }
  return best;
}

}  // namespace

void LogisticSettings::validate() const {
  if (ridges.empty()) throw Error(ErrorCode::argument, "there is no ridge to choose from");
  if (!std::all_of(ridges.begin(), ridges.end(), [](double x) { return x > 0 && std::isfinite(x); })) {
    throw Error(ErrorCode::argument, "every ridge must be a number above 0");
  }
  if (!(tolerance > 0)) throw Error(ErrorCode::argument, "the tolerance must be above 0");
}

void LogisticRegression::validate() const {
  if (weights.size() != columns && weights.size() != QuadraticTerms{columns, true}.count()) {
    throw Error(ErrorCode::classifier, "the regression does not have one weight a column or one a product of them");
  }
  for_each_tensor([](const char* name, const auto&, auto values) {
    if (std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); })) return;
    throw Error(ErrorCode::non_finite, std::string(name) + " of the regression hold a number that is not finite");
  });
}

std::vector<float> LogisticRegression::logits(const DenseRows& rows, const TileRunner& run_tiles,
                                              const JobControl& control) const {
  if (rows.count > 0 && rows.columns != inputs()) {
    throw Error(ErrorCode::shape, "the classifier takes " + std::to_string(inputs()) + " features, the sample gives " +
                                      std::to_string(rows.columns));
  }
  constexpr std::size_t block = QuadraticTerms::block;
  const QuadraticTerms read = terms();
  std::vector<float> result(rows.count);
  run_tiles((rows.count + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
    control.check();
    std::vector<double> lanes(read.values * block);
    std::array<double, block> sum{};
    const std::size_t end = std::min((tile + 1) * shower_tile, rows.count);
    for (std::size_t first = tile * shower_tile; first < end; first += block) {
      const std::size_t count = std::min(block, end - first);
      for (std::size_t r = 0; r < count; ++r) {
        const float* const row = rows.row(first + r);
        for (std::size_t i = 0; i < read.values; ++i) lanes[i * block + r] = row[i];
      }
      read.sums(weights.data(), lanes.data(), sum.data());
      for (std::size_t r = 0; r < count; ++r) result[first + r] = static_cast<float>(sum[r] + constant);
    }
  });
  return result;
}

LogisticRegressionFit fit_logistic_regression(const LabelledDenseRows& training, const LabelledDenseRows& validation,
                                              const LogisticSettings& settings, const TileRunner& run_tiles,
                                              const JobControl& control) {
  settings.validate();
  const std::uint32_t columns = training.rows.columns;
  const QuadraticTerms terms{columns, settings.products};
  if (terms.count() > LogisticSettings::most_terms) {
    throw Error(ErrorCode::argument, "a regression would have " + std::to_string(terms.count()) + " terms; at most " +
                                         std::to_string(LogisticSettings::most_terms) + " are sensible");
  }
  LogisticRows rows = gathered(training, columns);
  const LogisticRows held_out = gathered(validation, columns);
  LogisticRegressionFit result;
  TermWeights start{std::vector<double>(terms.count()), 0};
  result.ridge = settings.ridges.front();
  if (settings.ridges.size() > 1) {
    start = choose_ridge(terms, rows, held_out, settings, run_tiles, control, result);
    if (std::isinf(result.ridge)) {
      result.model = {columns, std::vector<double>(terms.count()), 0};
      return result;
    }
  }
  rows.numbers.insert(rows.numbers.end(), held_out.numbers.begin(), held_out.numbers.end());
  rows.label.insert(rows.label.end(), held_out.label.begin(), held_out.label.end());
  rows.weight.insert(rows.weight.end(), held_out.weight.begin(), held_out.weight.end());
  LogisticFit fit(terms, rows, run_tiles, control);
  fit.start_from(start);
  fit.minimize(result.ridge, settings.tolerance);
  const TermWeights weights = fit.weights();
  result.model = {columns, weights.weights, weights.constant};
  return result;
}

}  // namespace caloscope
