#include "core/samples/shower_profiles.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr auto nowhere = ShowerProfile::nowhere;

/// Layers of the small geometry: energy, hits, and hits by energy; one voxel is nowhere.
std::vector<ShowerProfile> small_profiles() {
  const std::vector<std::uint32_t> layer{0, 0, nowhere, 0, 1, 2, 2, 2, 2, 2, 2, 2};
  const std::vector<std::uint32_t> all(12, 0);
  return {{layer, 3, {}, true}, {layer, 3, {}, false}, {all, 1, {1, 10, 100, 1000}, false}, {layer, 3, {1, 50, 300}, true}};
}

/// Sums as they are defined: cell by cell, shower by shower, voxel by voxel.
ProfileSums slow_sums(const DenseShowers& showers, const ShowerProfile& profile, std::size_t cell, double threshold,
                      const std::vector<double>& weights) {
  ProfileSums sums{{0}, {0}, {0}, {}};
  const std::size_t bins = std::max<std::size_t>(1, profile.energy_edges.size()) - (profile.energy_edges.empty() ? 0 : 1);
  for (std::size_t row = 0; row < showers.incident_energy.size(); ++row) {
    double content = 0;
    for (std::uint32_t voxel = 0; voxel < showers.voxels; ++voxel) {
      const double energy = showers.row(row)[voxel];
      if (energy < threshold || profile.place[voxel] != cell / bins || (!profile.energies && energy <= 0)) continue;
      const std::size_t bin = cell % bins;
      const bool in_bin = bins == 1 || ((bin == 0 || energy >= profile.energy_edges[bin]) &&
                                        (bin + 1 == bins || energy < profile.energy_edges[bin + 1]));
      if (in_bin) content += profile.energies ? energy : 1;
    }
    const double w = weights.empty() ? 1 : weights[row];
    sums.contents[0] += w * content;
    sums.square_weighted[0] += w * w * content;
    sums.squares[0] += w * w * content * content;
  }
  return sums;
}

TEST(ShowerProfiles, AreTheirDefinitions) {
  const auto showers = random_showers(12, 9000, 31, 1, 0.4);
  const auto table = table_of(showers);
  std::vector<double> weights(9000);
  for (std::size_t row = 0; row < weights.size(); ++row) weights[row] = 0.1 + static_cast<double>(row % 7);
  JobControl control;
  const auto profiles = small_profiles();
  for (const double threshold : {-1.0, 5.0}) {
    const std::vector<std::vector<double>> columns{{}, weights};
    const auto found = profile_sums(*table, threshold, profiles, columns, tiles_on(3), control);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[0].products.empty());
    std::size_t first = 0;
    for (const auto& profile : profiles) {
      for (std::size_t cell = 0; cell < profile.cells(); ++cell) {
        for (std::size_t column = 0; column < 2; ++column) {
          const auto expected = slow_sums(showers, profile, cell, threshold, column == 0 ? std::vector<double>{} : weights);
          const auto near = [&](double value, double wanted) { EXPECT_NEAR(value, wanted, 1e-10 * std::fabs(wanted)) << cell; };
          near(found[column].contents[first + cell], expected.contents[0]);
          near(found[column].square_weighted[first + cell], expected.square_weighted[0]);
          near(found[column].squares[first + cell], expected.squares[0]);
        }
      }
      first += profile.cells();
    }
    EXPECT_EQ(found[0].contents.size(), first);
    EXPECT_EQ(found[0].contents, found[0].square_weighted);
  }
}

TEST(ShowerProfiles, SumProductsOfTwoCells) {
  const auto showers = random_showers(12, 5000, 34, 1, 0.4);
  const auto table = table_of(showers);
  std::vector<double> weights(5000);
  for (std::size_t row = 0; row < weights.size(); ++row) weights[row] = 0.1 + static_cast<double>(row % 7);
  auto profiles = small_profiles();
  profiles[0].products = profiles[3].products = true;
  JobControl control;
  const std::vector<std::vector<double>> columns{weights};
  const auto found = profile_sums(*table, 0, profiles, columns, tiles_on(3), control)[0];
  ASSERT_EQ(found.products.size(), profiles[0].pairs() + profiles[3].pairs());
  const auto content = [&](std::size_t row, std::uint32_t layer) {
    double sum = 0;
    for (std::uint32_t voxel = 0; voxel < 12; ++voxel) {
      if (profiles[0].place[voxel] == layer) sum += showers.row(row)[voxel];
    }
    return sum;
  };
  for (std::uint32_t i = 0, pair = 0; i < 3; ++i) {
    for (std::uint32_t j = 0; j <= i; ++j, ++pair) {
      double expected = 0;
      for (std::size_t row = 0; row < 5000; ++row) expected += weights[row] * weights[row] * content(row, i) * content(row, j);
      EXPECT_NEAR(found.products[pair], expected, 1e-10 * std::fabs(expected)) << pair;
    }
  }
  // The squares of the last profile lie on the diagonal.
  const std::size_t cells = profiles[3].cells();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const double square = found.squares[found.squares.size() - cells + cell];
    EXPECT_NEAR(found.products[profiles[0].pairs() + cell * (cell + 3) / 2], square, 1e-12 * square) << cell;
  }
}

TEST(ShowerProfiles, HaveTheSameBitsOnAnyNumberOfThreads) {
  const auto table = table_of(random_showers(12, 20000, 32, 1, 0.3));
  JobControl control;
  const auto sums = [&](unsigned threads) {
    const std::vector<std::vector<double>> equal(1);
    return profile_sums(*table, 0, small_profiles(), equal, tiles_on(threads), control)[0].squares;
  };
  EXPECT_EQ(sums(1), sums(4));
}

TEST(ShowerProfiles, RefuseWhatDoesNotFit) {
  const auto table = table_of(random_showers(12, 3, 33));
  JobControl control;
  const auto code_of = [&](const ShowerProfile& profile, const std::vector<double>& weights = {}) {
    return thrown_code([&] {
      const std::vector<std::vector<double>> columns(1, weights);
      profile_sums(*table, 0, std::vector{profile}, columns, tiles_on(1), control);
    });
  };
  const std::vector<std::uint32_t> all(12, 0);
  EXPECT_EQ(code_of({all, 1, {}, true}), std::nullopt);
  EXPECT_EQ(code_of({all, 1, {}, true}, {1, 2}), ErrorCode::shape);
  EXPECT_EQ(code_of({{0, 0}, 1, {}, true}), ErrorCode::shape);
  EXPECT_EQ(code_of({std::vector<std::uint32_t>(12, 1), 1, {}, true}), ErrorCode::argument);
  EXPECT_EQ(code_of({all, 1, {1}, true}), ErrorCode::argument);
  EXPECT_EQ(code_of({all, 1, {2, 1}, true}), ErrorCode::argument);
  EXPECT_EQ(code_of({all, 1, {1, 1}, true}), ErrorCode::argument);
}

}  // namespace
}  // namespace caloscope
