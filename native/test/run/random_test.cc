#include "core/run/random.h"

#include <gtest/gtest.h>

namespace caloscope {
namespace {

// Known answers of the authors of Philox (Random123, kat_vectors): counter, key → output.
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(Philox(0, 0).block(0), (Philox::Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox(~0ULL, ~0ULL).block(~0ULL), (Philox::Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(RandomStream, NormalNumbersHaveTheMomentsOfTheNormalDistribution) {
  RandomStream random(7, 3);
  constexpr int n = 400000;
  double m1 = 0, m2 = 0, m4 = 0;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    m1 += x;
    m2 += x * x;
    m4 += x * x * x * x;
  }
  EXPECT_NEAR(m1 / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(m2 / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(m4 / n, 3, 5 * std::sqrt(96.0 / n));
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream random(1, 0);
  std::array<int, 7> counts{};
  constexpr int n = 70000;
  for (int i = 0; i < n; ++i) ++counts.at(random.below(7));
  double chi2 = 0;
  for (const int c : counts) chi2 += (c - n / 7.0) * (c - n / 7.0) / (n / 7.0);
  EXPECT_LT(chi2, 30);  // 6 degrees of freedom: p = 4e-5
}

}  // namespace
}  // namespace caloscope
