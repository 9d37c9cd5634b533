#include "core/learners/logistic_regression.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/learners/logistic_fit.h"
#include "test/support/dense_samples.h"
#include "test/support/exact_numbers.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

const JobControl control;
const TileRunner one_thread = tiles_on(1);

/// 200 rows of three columns that Python makes alike.
LogisticRows exact_rows(bool first_column_twice = false) {
  ExactNumbers numbers(7);
  LogisticRows rows{first_column_twice ? std::size_t{4} : 3, {}, {}};
  for (int r = 0; r < 200; ++r) {
    const bool reference = r % 3 == 0;
    const double a = numbers.bell();
    const double b = numbers.bell();
    const double c = numbers.bell();
    rows.label.push_back(reference ? 1 : 0);
    for (const double x : {a + (reference ? 0.5 : 0), 2 * b + a, c * (reference ? 1.5 : 1)}) {
      rows.numbers.push_back(static_cast<float>(x));
    }
    if (first_column_twice) rows.numbers.push_back(static_cast<float>(a + (reference ? 0.5 : 0)));
  }
  return rows;
}

TermWeights minimum(const QuadraticTerms& terms, const LogisticRows& rows, double ridge, double tolerance = 1e-15,
                    const TileRunner& run_tiles = one_thread) {
  LogisticFit fit(terms, rows, run_tiles, control);
  fit.minimize(ridge, tolerance);
  return fit.weights();
}

struct Published {
  bool products;
  bool twice;
  double ridge;
  std::vector<double> weights;
  double constant;
};

// scikit-learn 1.9.1: LogisticRegression(C=1/ridge, class_weight='balanced', tol=1e-14, solver='newton-cholesky') on the
// terms standardised with np.average over balanced classes, its coefficients in the units of the terms.
const Published published[] = {
    {false, false, 1, {0.9545149672514643, -0.25681671360258923, 0.3213665221335824}, -0.3742166538420338},
    {false, false, 30, {0.43356290959320076, -0.08543509929969693, 0.16921203573846147}, -0.16231104299144453},
    {true, false, 1,
     {1.0805164862027392, -0.26038659926874147, 0.36034990015872415, -0.13821577381054406, 0.08045266574830323,
      -0.0888618306035398, 0.03192871531763399, 0.08658466552326304, 0.2034847659900912},
     -0.8034321642365043},
    {false, true, 1, {0.48653947220155386, -0.2609952948356102, 0.32322738182110194, 0.4865394722015539},
     -0.38125140557820403},
};

TEST(LogisticFit, IsThatOfScikitLearn) {
  for (const Published& that : published) {
    const LogisticRows rows = exact_rows(that.twice);
    const TermWeights found = minimum({rows.values, that.products}, rows, that.ridge);
    ASSERT_EQ(found.weights.size(), that.weights.size());
    for (std::size_t j = 0; j < that.weights.size(); ++j) EXPECT_NEAR(found.weights[j], that.weights[j], 1e-8);
    EXPECT_NEAR(found.constant, that.constant, 1e-8);
  }
}

/// n·cross-entropy + ½ ridge Σ(wσ)², term by term.
double slow_loss(const QuadraticTerms& terms, const LogisticRows& rows, const TermWeights& at, double ridge) {
  double sum[2] = {0, 0}, count[2] = {0, 0};
  for (std::size_t r = 0; r < rows.count(); ++r) {
    sum[rows.label[r]] += rows.weight_of(r);
    count[rows.label[r]] += 1;
  }
  std::vector<double> mean(terms.count()), square(terms.count()), term(terms.count()), row(terms.values);
  double loss = 0;
  for (std::size_t r = 0; r < rows.count(); ++r) {
    for (std::size_t i = 0; i < terms.values; ++i) row[i] = rows.numbers[r * terms.values + i];
    terms.expand(row.data(), term.data());
    const double weight = 0.5 / count[rows.label[r]];
    double logit = at.constant;
    for (std::size_t j = 0; j < term.size(); ++j) {
      mean[j] += weight * term[j];
      square[j] += weight * term[j] * term[j];
      logit += at.weights[j] * term[j];
    }
    loss += 0.5 / sum[rows.label[r]] * rows.weight_of(r) * std::log1p(std::exp(rows.label[r] ? -logit : logit));
  }
  loss *= static_cast<double>(rows.count());
  for (std::size_t j = 0; j < term.size(); ++j) {
    loss += ridge / 2 * at.weights[j] * at.weights[j] * (square[j] - mean[j] * mean[j]);
  }
  return loss;
}

/// Normal numbers; those of the reference are shifted by `shift` and a tenth wider.
LogisticRows normal_rows(std::size_t count, std::size_t values, double shift, std::uint64_t seed) {
  RandomStream random(seed, 1);
  LogisticRows rows{values, {}, {}};
  for (std::size_t r = 0; r < count; ++r) {
    rows.label.push_back(r < count / 2 ? 1 : 0);
    for (std::size_t i = 0; i < values; ++i) {
      const double x = random.normal();
      rows.numbers.push_back(static_cast<float>(rows.label[r] ? 1.1 * x + shift : x));
    }
  }
  return rows;
}

TEST(LogisticFit, HasNoSlopeAtItsMinimum) {
  // Few terms, many, and so many rows that the preconditioner is made from some of them.
  for (const auto& [count, values] : {std::pair{300U, 4U}, {300U, 20U}, {9000U, 12U}}) {
    const LogisticRows rows = normal_rows(count, values, 0.3, 5);
    const QuadraticTerms terms{values, true};
    const TermWeights at = minimum(terms, rows, 2);
    for (std::size_t j = 0; j <= terms.count(); j += 1 + terms.count() / 17) {
      const auto loss_beside = [&](double step) {
        TermWeights there = at;
        (j < terms.count() ? there.weights[j] : there.constant) += step;
        return slow_loss(terms, rows, there, 2);
      };
      const double up = loss_beside(1e-3) - loss_beside(0);
      const double down = loss_beside(-1e-3) - loss_beside(0);
      EXPECT_GT(up, 0);
      EXPECT_GT(down, 0);
      EXPECT_NEAR(up / down, 1, 0.02) << "term " << j << " of " << terms.count();
    }
  }
}

TEST(LogisticFit, CountsRowsByTheirWeights) {
  // Every fifth weight is negative.
  LogisticRows rows = normal_rows(900, 3, 0.4, 15);
  RandomStream random(16, 1);
  for (std::size_t r = 0; r < rows.count(); ++r) rows.weight.push_back((r % 5 == 0 ? -0.5 : 1.5) * (0.5 + random.uniform()));
  const QuadraticTerms terms{3, true};
  const TermWeights at = minimum(terms, rows, 2);
  for (std::size_t j = 0; j <= terms.count(); ++j) {
    const auto loss_beside = [&](double step) {
      TermWeights there = at;
      (j < terms.count() ? there.weights[j] : there.constant) += step;
      return slow_loss(terms, rows, there, 2);
    };
    EXPECT_NEAR((loss_beside(1e-3) - loss_beside(0)) / (loss_beside(-1e-3) - loss_beside(0)), 1, 0.02) << "term " << j;
  }
  // A weight of 2 is the row twice, one of 0 none; the ridge, whose unit the rows set, is next to nothing.
  LogisticRows repeated = normal_rows(0, 3, 0, 1);
  for (std::size_t r = 0; r < rows.count(); ++r) {
    rows.weight[r] = static_cast<double>(r % 3);
    for (std::size_t copy = 0; copy < r % 3; ++copy) {
      repeated.label.push_back(rows.label[r]);
      repeated.numbers.insert(repeated.numbers.end(), rows.numbers.begin() + static_cast<std::ptrdiff_t>(3 * r),
                              rows.numbers.begin() + static_cast<std::ptrdiff_t>(3 * r + 3));
    }
  }
  const TermWeights weighted = minimum(terms, rows, 1e-6), copied = minimum(terms, repeated, 1e-6);
  for (std::size_t j = 0; j < terms.count(); ++j) EXPECT_NEAR(weighted.weights[j], copied.weights[j], 1e-6);
  EXPECT_NEAR(weighted.constant, copied.constant, 1e-6);
}

TEST(LogisticFit, ComesToTheSameFromAnywhere) {
  const LogisticRows rows = normal_rows(5000, 10, 0.2, 6);
  const QuadraticTerms terms{10, true};
  LogisticFit fit(terms, rows, one_thread, control);
  const TermWeights direct = minimum(terms, rows, 3);
  for (const double ridge : {1e5, 1e-3, 3.0}) fit.minimize(ridge, 1e-12);
  LogisticFit again(terms, rows, one_thread, control);
  again.start_from(fit.weights());
  again.minimize(3, 1e-12);
  for (std::size_t j = 0; j < terms.count(); ++j) {
    EXPECT_NEAR(fit.weights().weights[j], direct.weights[j], 1e-7);
    EXPECT_NEAR(again.weights().weights[j], direct.weights[j], 1e-7);
  }
}

TEST(LogisticFit, HasTheSameBitsForAnyNumberOfThreads) {
  const LogisticRows rows = normal_rows(3000, 9, 0.2, 6);
  const TermWeights one = minimum({9, true}, rows, 1, 1e-6);
  for (const unsigned threads : {2U, 3U}) {
    const TermWeights more = minimum({9, true}, rows, 1, 1e-6, tiles_on(threads));
    EXPECT_EQ(one.weights, more.weights);
    EXPECT_EQ(one.constant, more.constant);
  }
}

TEST(LogisticFit, StaysFiniteWhereAColumnSeparates) {
  for (const double gap : {0.0, 1.0, 1e4}) {
    LogisticRows rows = normal_rows(400, 3, 0, 7);
    for (std::size_t r = 0; r < 400; ++r) {
      float& x = rows.numbers[3 * r];
      x = rows.label[r] ? std::fabs(x) + static_cast<float>(gap) : -std::fabs(x) - static_cast<float>(gap);
    }
    for (const double ridge : {1e5, 1.0, 1e-6}) {
      const TermWeights at = minimum({3, true}, rows, ridge, 1e-6);
      for (const double w : at.weights) EXPECT_TRUE(std::isfinite(w));
      EXPECT_TRUE(std::isfinite(at.constant));
      EXPECT_LT(balanced_cross_entropy({3, true}, at, rows, one_thread, control), 0.7);
      if (ridge < 1) {
        EXPECT_LT(balanced_cross_entropy({3, true}, at, rows, one_thread, control), 1e-3);
      }
    }
  }
}

TEST(LogisticFit, CountsBothSamplesAlike) {
  // 30 to 1, and the logit is that of the ratio of densities: unit normals, one shifted by 1.
  RandomStream random(3, 1);
  LogisticRows rows{1, {}, {}};
  for (int r = 0; r < 62000; ++r) {
    rows.label.push_back(r % 31 == 0 ? 1 : 0);
    rows.numbers.push_back(static_cast<float>(random.normal() + (r % 31 == 0 ? 1 : 0)));
  }
  const TermWeights at = minimum({1, false}, rows, 0.01);
  EXPECT_NEAR(at.weights[0], 1, 0.1);
  EXPECT_NEAR(at.constant, -0.5, 0.07);
}

/// A fit with the whitening in front of it.
struct WhitenedFit : LogisticRegressionFit {
  Whitening whitening;
};

DenseSamples whitened(const DenseSamples& samples, const Whitening& whitening) {
  return {whitening.directions(), whitening.apply(samples.rows(), one_thread, control), samples.label};
}

double held_out_area(const WhitenedFit& fit, const DenseSamples& samples) {
  const auto logits = fit.model.logits(whitened(samples, fit.whitening).rows(), tiles_on(2), control);
  return area_of({logits.begin(), logits.end()}, samples.label);
}

WhitenedFit fitted(const DenseSamples& samples, bool products, unsigned threads = 1) {
  LogisticSettings settings;
  settings.products = products;
  // Every fifth row is held out to choose the ridge.
  DenseSamples training{samples.columns, {}, {}}, validation = training;
  for (std::size_t r = 0; r < samples.count(); ++r) {
    DenseSamples& to = r % 5 == 0 ? validation : training;
    to.values.insert(to.values.end(), samples.row(r), samples.row(r) + samples.columns);
    to.label.push_back(samples.label[r]);
  }
  const Whitening whitening = whitening_of(training);
  const DenseSamples to_fit = whitened(training, whitening), held_out = whitened(validation, whitening);
  return {fit_logistic_regression(to_fit.part(), held_out.part(), settings, tiles_on(threads), control), whitening};
}

TEST(LogisticRegression, FindsTheDifferenceOfTwoEnergies) {
  const auto result = fitted(two_energies(2000, 0.0086, 1), false);
  result.model.validate();
  const DenseSamples others = two_energies(2000, 0.0086, 2);
  std::vector<double> difference;
  for (std::size_t r = 0; r < others.count(); ++r) {
    difference.push_back(double{others.row(r)[0]} - double{others.row(r)[1]});
  }
  const double exact = area_of(difference, others.label);
  EXPECT_GT(exact, 0.97);
  EXPECT_NEAR(held_out_area(result, others), exact, 0.001);
}

TEST(LogisticRegression, SeesWithProductsAVarianceAndACorrelation) {
  const DrawRow draw = [](RandomStream& random, bool reference) {
    auto x = normals_of(random, 10);
    if (reference) x[3] *= 1.5;
    if (reference) x[5] = 0.7 * x[6] + std::sqrt(1 - 0.49) * x[5];
    return x;
  };
  const DenseSamples samples = dense_samples(2000, 2000, 1, draw);
  const DenseSamples others = dense_samples(4000, 4000, 2, draw);
  const double exact = [&] {
    std::vector<double> ratio;
    for (std::size_t r = 0; r < others.count(); ++r) {
      const double a = others.row(r)[3], b = others.row(r)[5], c = others.row(r)[6];
      const double rest = b - 0.7 * c;
      ratio.push_back(a * a / 2 * (1 - 1 / 2.25) + b * b / 2 - rest * rest / (2 * (1 - 0.49)));
    }
    return area_of(ratio, others.label);
  }();
  EXPECT_NEAR(held_out_area(fitted(samples, false), others), 0.5, 0.03);
  EXPECT_NEAR(held_out_area(fitted(samples, true), others), exact, 0.015);
}

TEST(LogisticRegression, ShrinksWhereThereIsNothingToSee) {
  const DrawRow null = [](RandomStream& random, bool) { return normals_of(random, 20); };
  for (const bool products : {false, true}) {
    const auto result = fitted(dense_samples(250, 250, 11, null), products);
    EXPECT_GE(result.ridge, 1000) << products;
    for (const auto& trial : result.trials) EXPECT_GT(trial.validation_loss, std::log(2) - 0.01) << trial.ridge;
    // What the strongest ridge leaves is next to nothing.
    EXPECT_NEAR(result.trials[0].validation_loss, std::log(2), 0.01);
  }
}

TEST(LogisticRegression, SaysNothingWhereNoRidgeHelps) {
  // Held-out rows whose labels are turned around: every ridge is worse than the one before.
  const DrawRow shifted = [](RandomStream& random, bool reference) {
    auto x = normals_of(random, 4);
    if (reference) x[0] += 1;
    return x;
  };
  const DenseSamples training = dense_samples(200, 200, 1, shifted);
  DenseSamples turned = dense_samples(40, 40, 2, shifted);
  for (auto& label : turned.label) label = 1 - label;
  // And samples that are copies of each other, in which a slope is rounding.
  DenseSamples copies = dense_samples(100, 100, 3, shifted);
  std::copy_n(copies.values.begin(), copies.values.size() / 2, copies.values.begin() + 400);
  for (const bool products : {false, true}) {
    LogisticSettings settings;
    settings.products = products;
    for (const auto& [fit_to, held_out] : {std::pair{&training, &turned}, {&copies, &copies}}) {
      const auto fit = fit_logistic_regression(fit_to->part(), held_out->part(), settings, one_thread, control);
      EXPECT_TRUE(std::isinf(fit.ridge));
      const auto logits = fit.model.logits(training.rows(), one_thread, control);
      EXPECT_EQ(logits, std::vector<float>(training.count()));
    }
  }
}

TEST(LogisticRegression, TakesWeakRidgesWhereRowsAreMany) {
  const DrawRow shifted = [](RandomStream& random, bool reference) {
    auto x = normals_of(random, 5);
    if (reference) x[0] += 2;
    return x;
  };
  EXPECT_LE(fitted(dense_samples(3000, 3000, 1, shifted), false).ridge, 30);
}

TEST(LogisticRegression, CopesWithBadColumnsAndFewRows) {
  // A constant, a copy, and one column that alone separates; then 20 rows, fewer than columns.
  const DenseSamples separated = dense_samples(300, 300, 1, [](RandomStream& random, bool reference) {
    const double x = random.normal();
    return std::vector<double>{5, x, -2 * x, (reference ? 3 : -3) + random.uniform(), random.normal()};
  });
  const DenseSamples few = dense_samples(10, 10, 2, [](RandomStream& random, bool reference) {
    auto x = normals_of(random, 41);
    for (std::size_t column = 0; reference && column < 20; ++column) x[column] += 3;
    return x;
  });
  const DenseSamples constant = dense_samples(20, 20, 3, [](RandomStream&, bool) { return std::vector<double>{1, 2}; });
  for (const bool products : {false, true}) {
    const auto fit = fitted(separated, products);
    fit.model.validate();
    EXPECT_EQ(held_out_area(fit, separated), 1);
    const auto of_few = fitted(few, products);
    of_few.model.validate();
    // Of 16 rows to fit to, products show nothing that holds in the other 4.
    if (!products) {
      EXPECT_GT(held_out_area(of_few, few), 0.9);
    }
    // Not whitened, which leaves no direction of such columns.
    LogisticSettings settings;
    settings.products = products;
    const auto of_none =
        fit_logistic_regression(constant.part(), constant.part(), settings, one_thread, control).model;
    of_none.validate();
    const auto logits = of_none.logits(constant.rows(), one_thread, control);
    EXPECT_EQ(area_of({logits.begin(), logits.end()}, constant.label), 0.5);
  }
}

TEST(LogisticRegression, HasTheSameBitsForAnyNumberOfThreads) {
  const DenseSamples samples = two_energies(700, 0.002, 4);
  const auto one = fitted(samples, true, 1);
  const auto three = fitted(samples, true, 3);
  EXPECT_EQ(one.model.weights, three.model.weights);
  EXPECT_EQ(one.ridge, three.ridge);
  const DenseSamples read = whitened(samples, one.whitening);
  EXPECT_EQ(one.model.logits(read.rows(), tiles_on(1), control), three.model.logits(read.rows(), tiles_on(3), control));
}

TEST(LogisticRegression, RefusesWhatDoesNotFit) {
  const DenseSamples samples = two_energies(50, 0.01, 4);
  const auto fit = [&](const LabelledDenseRows& training, const LabelledDenseRows& validation, LogisticSettings settings) {
    return fit_logistic_regression(training, validation, settings, one_thread, control);
  };
  const LabelledDenseRows none{{2, 0, {}}, {}};
  EXPECT_EQ(thrown_code([&] { fit(samples.part(), none, {}); }), ErrorCode::too_few_rows);
  LogisticSettings single;
  single.ridges = {1};
  EXPECT_EQ(fit(samples.part(), none, single).ridge, 1);
  LabelledDenseRows one_class = samples.part();
  one_class.label.assign(one_class.label.size(), 1);
  EXPECT_EQ(thrown_code([&] { fit(one_class, none, single); }), ErrorCode::too_few_rows);
  one_class.label.pop_back();
  EXPECT_EQ(thrown_code([&] { fit(one_class, none, single); }), ErrorCode::shape);
  for (const std::vector<double>& ridges : {std::vector<double>{}, {0.0}, {-1.0, 1.0}, {NAN}}) {
    LogisticSettings bad;
    bad.ridges = ridges;
    EXPECT_EQ(thrown_code([&] { fit(samples.part(), samples.part(), bad); }), ErrorCode::argument);
  }
  LogisticRegression model = fit(samples.part(), none, single).model;
  EXPECT_EQ(thrown_code([&] { model.logits({3, 1, [&](std::size_t) { return samples.row(0); }}, one_thread, control); }),
            ErrorCode::shape);
  model.weights.push_back(0);
  EXPECT_EQ(thrown_code([&] { model.validate(); }), ErrorCode::classifier);
  model.weights.resize(2);
  model.constant = INFINITY;
  EXPECT_EQ(thrown_code([&] { model.validate(); }), ErrorCode::non_finite);

  const DenseSamples wide = dense_samples(50, 50, 1, [](RandomStream& random, bool) { return normals_of(random, 45); });
  LogisticSettings products;
  products.products = true;
  EXPECT_EQ(thrown_code([&] {
              fit_logistic_regression(wide.part(), wide.part(), products, one_thread, control);
            }),
            ErrorCode::argument);
  JobControl cancelled;
  cancelled.cancel();
  EXPECT_EQ(thrown_code([&] {
              fit_logistic_regression(samples.part(), none, single, one_thread, cancelled);
            }),
            ErrorCode::cancelled);
}

TEST(LogisticRegression, IsAllInItsTensors) {
  const LogisticRegression model = fitted(two_energies(200, 0.01, 4), true).model;
  std::size_t numbers = 0;
  bool constant = false;
  model.for_each_tensor([&](const std::string& name, const auto&, auto values) {
    numbers += values.size();
    constant = constant || (name == "constant" && values[0] == model.constant);
  });
  EXPECT_EQ(numbers, 5U + 1);
  EXPECT_TRUE(constant);
}

}  // namespace
}  // namespace caloscope
