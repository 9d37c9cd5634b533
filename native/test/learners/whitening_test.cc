#include "core/learners/whitening.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "test/support/dense_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

using Matrix = std::vector<double>;

/// Every row whitened, without the clip.
Matrix whitened(Whitening whitening, const DenseSamples& samples) {
  whitening.clip = 1e30;
  const std::size_t width = whitening.directions();
  Matrix result(samples.count() * width);
  for (std::size_t r = 0; r < samples.count(); ++r) whitening.apply(samples.row(r), result.data() + r * width);
  return result;
}

/// Largest difference of mean and covariance from 0 and 1.
double distance_from_white(const Matrix& rows, std::size_t width) {
  const std::size_t count = rows.size() / width;
  double farthest = 0;
  for (std::size_t i = 0; i < width; ++i) {
    double mean = 0;
    for (std::size_t r = 0; r < count; ++r) mean += rows[r * width + i] / static_cast<double>(count);
    farthest = std::max(farthest, std::fabs(mean));
    for (std::size_t j = i; j < width; ++j) {
      double product = 0;
      for (std::size_t r = 0; r < count; ++r) product += rows[r * width + i] * rows[r * width + j];
      farthest = std::max(farthest, std::fabs(product / static_cast<double>(count) - (i == j ? 1 : 0)));
    }
  }
  return farthest;
}

double column_area(const Matrix& rows, std::size_t width, std::size_t column, const DenseSamples& samples) {
  std::vector<double> scores;
  for (std::size_t r = 0; r < samples.count(); ++r) scores.push_back(rows[r * width + column]);
  const double area = area_of(scores, samples.label);
  return std::max(area, 1 - area);
}

/// Bounded numbers, so that no row lies five widths out, mixed by a random matrix and in different units.
DenseSamples mixed(std::size_t rows, std::uint32_t columns, std::uint64_t seed) {
  RandomStream mixing(seed, 2);
  const std::vector<double> matrix = normals_of(mixing, columns * columns);
  return dense_samples(rows / 2, rows - rows / 2, seed, [&](RandomStream& random, bool) {
    std::vector<double> source(columns), row(columns);
    for (double& x : source) x = random.uniform() < 0.5 ? -1 : 1;
    for (std::size_t i = 0; i < columns; ++i) {
      const double unit = std::pow(10, static_cast<double>(i % 5) - 2);
      for (std::size_t j = 0; j < columns; ++j) row[i] += unit * matrix[i * columns + j] * source[j];
      row[i] += 3 * unit;
    }
    return row;
  });
}

TEST(Whitening, GivesUnitVariancesWithoutCorrelations) {
  for (const std::uint32_t columns : {1U, 2U, 12U, 41U}) {
    const DenseSamples samples = mixed(3000, columns, columns);
    const Whitening whitening = whitening_of(samples);
    whitening.validate();
    ASSERT_EQ(whitening.directions(), columns);
    // Units of the last place of the widest variance, in units of the narrowest.
    const double narrowest = whitening.relative_width.back();
    EXPECT_LE(distance_from_white(whitened(whitening, samples), columns), 1e-14 * columns / (narrowest * narrowest));
    EXPECT_GT(narrowest, 1e-4);
    EXPECT_EQ(whitening.relative_width[0], 1);
    EXPECT_TRUE(std::is_sorted(whitening.relative_width.rbegin(), whitening.relative_width.rend()));
  }
}

TEST(Whitening, ShowsTheNarrowDirectionOfTwoEnergies) {
  const DenseSamples samples = two_energies(2000, 0.0086, 1);
  const Whitening whitening = whitening_of(samples);
  ASSERT_EQ(whitening.directions(), 2);
  EXPECT_EQ(whitening.first_narrow(), 1);
  // √(0.003² + 0.0043²), over that of the sum of two columns: 2 · 2/√12.
  EXPECT_NEAR(whitening.relative_width[1], 0.00524 / (4 / std::sqrt(12)), 1e-4);
  const Matrix rows = whitened(whitening, samples);
  EXPECT_LT(column_area(rows, 2, 0, samples), 0.55);
  std::vector<double> difference;
  for (std::size_t r = 0; r < samples.count(); ++r) {
    difference.push_back(double{samples.row(r)[1]} - double{samples.row(r)[0]});
  }
  const double exact = 1 - area_of(difference, samples.label);
  EXPECT_GT(exact, 0.97);
  EXPECT_NEAR(column_area(rows, 2, 1, samples), exact, 0.002);
}

TEST(Whitening, KeepsAThousandthAmongManyColumns) {
  // The last column is the mean of the others, but for a thousandth of its width.
  const auto draw = [](double rest) {
    return [rest](RandomStream& random, bool reference) {
      auto row = normals_of(random, 20);
      double mean = 0;
      for (const double x : row) mean += x / 20;
      row.push_back(1e3 * (mean + rest * (random.normal() + (reference ? 1 : 0))));
      return row;
    };
  };
  const DenseSamples samples = dense_samples(1500, 1500, 3, draw(2e-4));
  const Whitening whitening = whitening_of(samples);
  ASSERT_EQ(whitening.directions(), 21);
  EXPECT_EQ(whitening.first_narrow(), 20);
  EXPECT_NEAR(column_area(whitened(whitening, samples), 21, 20, samples), 0.76, 0.02);
}

TEST(Whitening, DropsWhatDoesNotChangeOrFollowsFromOthers) {
  const DenseSamples samples = dense_samples(400, 500, 4, [](RandomStream& random, bool) {
    const auto x = normals_of(random, 3);
    // A constant, a copy in another unit, a sum, and a constant that float32 does not resolve.
    return std::vector<double>{x[0], 7, 1e4 * x[0] + 3, x[1], x[0] + x[1], x[2], 0, 1e6 + 0.01 * x[2]};
  });
  const Whitening whitening = whitening_of(samples);
  EXPECT_EQ(whitening.directions(), 3);
  EXPECT_EQ(whitening.columns(), 8);
  for (const std::size_t constant : {1U, 6U, 7U}) {
    for (std::size_t d = 0; d < 3; ++d) EXPECT_EQ(whitening.matrix[constant * 3 + d], 0);
  }
  EXPECT_LE(distance_from_white(whitened(whitening, samples), 3), 0.02) << "a few rows lie out of five widths";
}

TEST(Whitening, OfConstantColumnsAloneHasNoDirection) {
  const auto samples = dense_samples(20, 20, 1, [](RandomStream&, bool) { return std::vector<double>{1, 2}; });
  const Whitening whitening = whitening_of(samples);
  EXPECT_EQ(whitening.directions(), 0);
  EXPECT_EQ(whitening.first_narrow(), 0);
  whitening.validate();
  EXPECT_TRUE(whitening.apply(samples.rows(), tiles_on(1), JobControl()).empty());
}

TEST(Whitening, TakesRoundingForNothing) {
  // A sum stored in float32 differs from the sum of what is stored, by more than 1e-6 of the width.
  const DenseSamples samples = dense_samples(2000, 2000, 6, [](RandomStream& random, bool) {
    const double a = 300 + random.normal();
    const double b = 500 + random.normal();
    return std::vector<double>{a, b, a + b};
  });
  EXPECT_EQ(whitening_of(samples).directions(), 2);
}

TEST(Whitening, IsNotRuledByRowsFarOut) {
  // In a hundredth of the rows one column is 30 widths out, as of an empty layer, and what follows from it follows still.
  const DenseSamples samples = dense_samples(5000, 5000, 7, [](RandomStream& random, bool) {
    auto x = normals_of(random, 3);
    if (random.uniform() < 0.01) x[0] -= 30;
    return std::vector<double>{x[0], x[1], x[0] + x[1] + 0.001 * x[2]};
  });
  const Whitening whitening = whitening_of(samples);
  ASSERT_EQ(whitening.directions(), 3);
  EXPECT_NEAR(whitening.relative_width[2], 4e-4, 1e-4);
  std::vector<double> sizes;
  const Matrix rows = whitened(whitening, samples);
  for (std::size_t r = 0; r < samples.count(); ++r) sizes.push_back(std::fabs(rows[r * 3]));
  std::nth_element(sizes.begin(), sizes.begin() + 6827, sizes.end());
  EXPECT_NEAR(sizes[6827], 1, 0.15) << "the width of what is usual";
  for (const float x : whitening.apply(samples.rows(), tiles_on(1), JobControl())) EXPECT_LE(std::fabs(x), 5);
}

TEST(Whitening, OfFewRowsSpansTheirDifferences) {
  for (const std::size_t rows : {1U, 2U, 20U}) {
    const auto samples = dense_samples((rows + 1) / 2, rows / 2, rows, [](RandomStream& random, bool) {
      return normals_of(random, 41);
    });
    const Whitening whitening = whitening_of(samples);
    EXPECT_EQ(whitening.directions(), rows - 1);
    whitening.validate();
  }
}

TEST(Whitening, HasTheSameBitsForAnyNumberOfThreads) {
  const DenseSamples samples = mixed(3000, 12, 1);
  const Whitening one = whitening_of(samples, 1);
  const Whitening three = whitening_of(samples, 3);
  EXPECT_EQ(one.matrix, three.matrix);
  EXPECT_EQ(one.centre, three.centre);
  EXPECT_EQ(one.apply(samples.rows(), tiles_on(1), JobControl()), three.apply(samples.rows(), tiles_on(3), JobControl()));
}

TEST(Whitening, RefusesWhatDoesNotFit) {
  const DenseSamples samples = mixed(40, 3, 1);
  const auto standardisation = standardisation_of(samples);
  const auto fit = [&](const DenseRows& rows) { fit_whitening(rows, standardisation, tiles_on(1), JobControl()); };
  EXPECT_EQ(thrown_code([&] { fit({3, 0, {}}); }), ErrorCode::too_few_rows);
  EXPECT_EQ(thrown_code([&] { fit({4, 10, [&](std::size_t) { return samples.row(0); }}); }), ErrorCode::shape);
  JobControl cancelled;
  cancelled.cancel();
  EXPECT_EQ(thrown_code([&] { fit_whitening(samples.rows(), standardisation, tiles_on(1), cancelled); }),
            ErrorCode::cancelled);
  Whitening whitening = whitening_of(samples);
  whitening.matrix.pop_back();
  EXPECT_EQ(thrown_code([&] { whitening.validate(); }), ErrorCode::classifier);
  whitening.matrix.push_back(NAN);
  EXPECT_EQ(thrown_code([&] { whitening.validate(); }), ErrorCode::non_finite);
  whitening.clip = 0;
  EXPECT_EQ(thrown_code([&] { whitening.validate(); }), ErrorCode::classifier);
}

TEST(Whitening, IsAllInItsTensors) {
  const Whitening whitening = whitening_of(mixed(100, 4, 1));
  ASSERT_EQ(whitening.directions(), 4);
  Whitening copy{std::vector<double>(4), std::vector<double>(16), std::vector<double>(4), 0};
  std::vector<std::vector<double>> numbers;
  std::set<std::string> names;
  whitening.for_each_tensor([&](const std::string& name, const auto& shape, auto values) {
    std::size_t product = 1;
    for (const auto size : shape) product *= size;
    EXPECT_EQ(product, values.size()) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
    numbers.emplace_back(values.begin(), values.end());
  });
  std::size_t next = 0;
  copy.for_each_tensor([&](const std::string&, const auto&, auto values) {
    std::copy(numbers[next].begin(), numbers[next].end(), values.begin());
    ++next;
  });
  EXPECT_EQ(copy.matrix, whitening.matrix);
  EXPECT_EQ(copy.centre, whitening.centre);
  EXPECT_EQ(copy.relative_width, whitening.relative_width);
  EXPECT_EQ(copy.clip, whitening.clip);
}

}  // namespace
}  // namespace caloscope
