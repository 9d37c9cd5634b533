#include "core/failures/contrast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/run/random.h"

namespace caloscope {
namespace {

TEST(LikelihoodContrast, IsThatOfABinomialShare) {
  // scipy's power_divergence([30, 45], [75 * 100 / 180, 75 * 80 / 180], lambda_='log-likelihood').statistic / 2
  EXPECT_NEAR(likelihood_contrast({30, 45}, {100, 80}), 3.6495846511041314, 1e-12);
  EXPECT_EQ(likelihood_contrast({10, 20}, {100, 200}), 0);
  EXPECT_EQ(likelihood_contrast({0, 0}, {100, 200}), 0);
  EXPECT_EQ(likelihood_contrast({0, 0}, {0, 0}), 0);
  EXPECT_NEAR(likelihood_contrast({50, 0}, {50, 50}), 50 * std::log(2.0), 1e-10);
}

std::vector<RowCounts> bins_of(const std::vector<int>& reference, const std::vector<int>& generated) {
  std::vector<RowCounts> bins;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    bins.push_back({static_cast<std::uint64_t>(reference[i]), static_cast<std::uint64_t>(generated[i])});
  }
  return bins;
}

RowCounts total(const std::vector<RowCounts>& bins) {
  RowCounts all;
  for (const auto& bin : bins) all += bin;
  return all;
}

BinRange strongest(const std::vector<RowCounts>& bins, bool has_undefined) {
  return strongest_range(bins, total(bins), has_undefined, FactorDirection::any, 1).range;
}

TEST(StrongestRange, FindsTheBinsThatDiffer) {
  const auto bins = bins_of({100, 100, 150, 160, 100, 100}, {100, 100, 50, 60, 100, 100});
  const auto range = strongest(bins, false);
  EXPECT_EQ(range.first, 2U);
  EXPECT_EQ(range.last, 4U);
}

TEST(StrongestRange, TakesUndefinedValuesAlone) {
  // Together with its neighbor the last bin would differ most.
  const auto bins = bins_of({300, 300, 160, 190}, {300, 300, 60, 50});
  const auto range = strongest(bins, true);
  EXPECT_EQ(range.first, 3U);
  EXPECT_EQ(range.last, 4U);
  EXPECT_EQ(strongest(bins, false).first, 2U);
}

TEST(StrongestRange, IsTheBestOfAll) {
  RandomStream random(5, 0);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<RowCounts> bins(9);
    RowCounts all;
    for (auto& bin : bins) {
      bin = {random.below(30), random.below(30)};
      all += bin;
    }
    const auto range = strongest(bins, false);
    RowCounts found;
    for (std::size_t bin = range.first; bin < range.last; ++bin) found += bins[bin];
    for (std::size_t first = 0; first < 9; ++first) {
      RowCounts inside;
      for (std::size_t last = first; last < 9; ++last) {
        inside += bins[last];
        EXPECT_GE(likelihood_contrast(found, all), likelihood_contrast(inside, all));
      }
    }
  }
}

TEST(StrongestRange, IsAllOfASingleBin) {
  const auto range = strongest(bins_of({10}, {20}), false);
  EXPECT_EQ(range.first, 0U);
  EXPECT_EQ(range.last, 1U);
}

TEST(StrongestRange, LooksInOneDirection) {
  const auto bins = bins_of({1000, 4000, 1000, 100}, {1000, 1000, 1000, 3100});
  const auto all = total(bins);
  const auto rare = strongest_range(bins, all, false, FactorDirection::too_few, 10);
  EXPECT_EQ(rare.range.first, 1U);
  EXPECT_EQ(rare.range.last, 2U);
  const auto frequent = strongest_range(bins, all, false, FactorDirection::too_many, 10);
  EXPECT_EQ(frequent.range.first, 3U);
  EXPECT_EQ(frequent.range.last, 4U);
  EXPECT_EQ(strongest_range(bins, all, false, FactorDirection::any, 12'300).contrast, 0);
  EXPECT_EQ(strongest(bins_of({10, 20}, {10, 20}), false).last, 2U);
}

}  // namespace
}  // namespace caloscope
