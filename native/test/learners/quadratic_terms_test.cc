#include "core/learners/quadratic_terms.h"

#include <gtest/gtest.h>

#include "core/learners/gram_matrix.h"
#include "core/run/random.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

std::vector<double> normals(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed, 1);
  std::vector<double> result(count);
  for (double& x : result) x = random.normal();
  return result;
}

TEST(QuadraticTerms, AreTheValuesThenTheirProducts) {
  const double row[] = {2, 3, 5};
  std::vector<double> terms(9);
  const QuadraticTerms quadratic{3, true};
  ASSERT_EQ(quadratic.count(), 9);
  quadratic.expand(row, terms.data());
  EXPECT_EQ(terms, (std::vector<double>{2, 3, 5, 4, 6, 10, 9, 15, 25}));
  EXPECT_EQ((QuadraticTerms{3, false}.count()), 3);
  EXPECT_EQ((QuadraticTerms{0, true}.count()), 0);
}

TEST(QuadraticTerms, SumsAndGradientsAreThoseOfTheTermsWrittenOut) {
  constexpr std::size_t block = QuadraticTerms::block;
  for (const bool products : {false, true}) {
    for (const std::size_t values : {1U, 2U, 7U, 12U}) {
      const QuadraticTerms terms{values, products};
      const auto rows = normals(block * values, values);
      const auto coefficients = normals(terms.count(), 5);
      const auto factor = normals(block, 6);
      std::vector<double> lanes(rows.size()), sums(block), gradient(terms.count(), 1);
      std::vector<double> slow_sums(block), slow_gradient(terms.count(), 1), term(terms.count());
      for (std::size_t r = 0; r < block; ++r) {
        for (std::size_t i = 0; i < values; ++i) lanes[i * block + r] = rows[r * values + i];
        terms.expand(rows.data() + r * values, term.data());
        for (std::size_t t = 0; t < term.size(); ++t) {
          slow_sums[r] += coefficients[t] * term[t];
          slow_gradient[t] += factor[r] * term[t];
        }
      }
      terms.sums(coefficients.data(), lanes.data(), sums.data());
      terms.add(factor.data(), rows.data(), gradient.data());
      for (std::size_t r = 0; r < block; ++r) EXPECT_NEAR(sums[r], slow_sums[r], 1e-12);
      for (std::size_t t = 0; t < term.size(); ++t) EXPECT_NEAR(gradient[t], slow_gradient[t], 1e-12);
    }
  }
}

TEST(GramMatrix, IsTheSumWrittenOutForAnyNumberOfThreads) {
  for (const std::size_t columns : {1U, 3U, 19U}) {
    constexpr std::size_t count = 23;
    const auto rows = normals(count * columns, columns);
    const auto weight = normals(count, 2);
    std::vector<double> before;
    for (const unsigned threads : {1U, 2U, 3U}) {
      GramMatrix gram(columns);
      const auto run = tiles_on(threads);
      gram.add({rows.data(), 10 * columns}, {weight.data(), 10}, run);
      gram.add({rows.data() + 10 * columns, 13 * columns}, {weight.data() + 10, 13}, run);
      for (std::size_t i = 0; i < columns; ++i) {
        for (std::size_t j = i; j < columns; ++j) {
          double sum = 0;
          for (std::size_t r = 0; r < count; ++r) sum += weight[r] * rows[r * columns + i] * rows[r * columns + j];
          EXPECT_NEAR(gram.upper()[i * columns + j], sum, 1e-12);
        }
      }
      if (threads > 1) {
        EXPECT_EQ(gram.upper(), before);
      }
      before = gram.upper();
    }
  }
}

}  // namespace
}  // namespace caloscope
