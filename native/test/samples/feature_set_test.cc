#include "core/samples/feature_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "core/samples/feature_table.h"
#include "test/support/naive_moments.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr double no_threshold = -std::numeric_limits<double>::infinity();
using Numbers = std::vector<long double>;

/// Random showers (the first is empty), with some single voxels and one negative voxel.
DenseShowers odd_showers() {
  auto showers = random_showers(12, 60, 7, 1, 0.5);
  const auto clear = [&](std::uint64_t row) {
    std::fill_n(showers.energy.begin() + static_cast<std::ptrdiff_t>(row * 12), 12, 0.0F);
  };
  clear(1);
  showers.energy[12 + 2] = 100;  // one voxel
  clear(2);
  showers.energy[24 + 4] = 3;  // the layer with one voxel
  showers.energy[36 + 6] = -2;
  clear(4);
  showers.energy[48 + 7] = 0.25F;  // below the threshold
  return showers;
}

Numbers calochallenge(FeatureSetName set, const naive::Shower& shower, long double incident) {
  const auto& g = shower.geometry;
  Numbers row{std::log10(incident)};
  const auto soft_log = [](long double x) { return std::log10(std::max(x, 0.0L) + 1e-8L); };
  if (set != FeatureSetName::low) {
    for (std::uint32_t l = 0; l < 3; ++l) row.push_back(soft_log(shower.layer_energy(l)));
  }
  if (set == FeatureSetName::high) {
    for (const auto* position : {&g.eta, &g.phi}) {
      for (const auto l : {0U, 2U}) row.push_back(shower.centre(l, *position, 1e-16L) / 100);
    }
    for (const auto* position : {&g.eta, &g.phi}) {
      for (const auto l : {0U, 2U}) row.push_back(shower.width(l, *position, 1e-16L) / 100);
    }
    row.push_back(soft_log(shower.total()));
    for (std::uint32_t l = 0; l < 3; ++l) row.push_back(1 - shower.occupancy(l));
    for (std::uint32_t l = 0; l < 3; ++l) row.push_back(shower.centre(l, g.radius, 1e-16L) / 100);
    for (std::uint32_t l = 0; l < 3; ++l) row.push_back(shower.width(l, g.radius, 1e-16L) / 100);
    return row;
  }
  for (std::uint32_t l = 0; l < 3; ++l) {
    for (auto v = g.first_voxel[l]; v < g.first_voxel[l + 1]; ++v) {
      row.push_back(set == FeatureSetName::low ? shower.energy[v] / incident
                                               : std::max(shower.energy[v], 0.0L) / (shower.layer_energy(l) + 1e-16L));
    }
  }
  return row;
}

Numbers calogan_low(FeatureSetName set, const naive::Shower& shower, long double incident) {
  Numbers row{std::log10(incident / 1e4L)};
  for (std::uint32_t l = 0; l < 3; ++l) {
    row.push_back(std::log10(std::max(shower.layer_energy(l), 0.0L) / 1e5L + 1e-8L) + 2);
  }
  for (std::uint32_t l = 0; l < 3; ++l) {
    for (auto v = shower.geometry.first_voxel[l]; v < shower.geometry.first_voxel[l + 1]; ++v) {
      const long double unit = shower.energy[v] / 1e5L;
      row.push_back(set == FeatureSetName::low ? unit : unit / (shower.layer_energy(l) / 1e5L + 1e-16L));
    }
  }
  return row;
}

Numbers calogan_high(naive::Shower shower, long double incident) {
  for (auto& energy : shower.energy) energy = std::clamp(energy, 0.0L, 1e5L);
  const auto& g = shower.geometry;
  const long double e[3] = {shower.layer_energy(0), shower.layer_energy(1), shower.layer_energy(2)};
  const long double total = shower.total(), depth_weighted = e[1] + 2 * e[2];
  const auto share = [&](long double x) { return total > 0 ? x / total : 0; };
  Numbers row;
  for (const auto energy : e) row.push_back(std::log10(energy / 1000 + 1e-8L));
  row.push_back(total > 0 ? std::log10(total / 1000) : -8);
  for (const auto energy : e) row.push_back(std::log10(share(energy) + 1e-8L));
  row.push_back(std::log10(depth_weighted + 1e-8L));
  for (std::uint32_t l = 0; l < 3; ++l) row.push_back(std::log10(shower.width(l, g.phi, 1e-8L) + 1e-8L));
  row.push_back(share(depth_weighted));
  row.push_back(std::sqrt(std::max(0.0L, share(e[1] + 4 * e[2]) - share(depth_weighted) * share(depth_weighted))));
  Numbers ratios;
  for (std::uint32_t l = 0; l < 3; ++l) {
    Numbers voxels(shower.energy.begin() + g.first_voxel[l], shower.energy.begin() + g.first_voxel[l + 1]);
    voxels.resize(std::max<std::size_t>(voxels.size(), 5));
    std::sort(voxels.rbegin(), voxels.rend());
    for (int i = 0; i < 5; ++i) row.push_back(10 * voxels[static_cast<std::size_t>(i)] / (e[l] + 1e-16L));
    ratios.push_back((voxels[0] - voxels[1]) / (voxels[0] + voxels[1] + 1e-16L));
  }
  row.insert(row.end(), ratios.begin(), ratios.end());
  for (std::uint32_t l = 0; l < 3; ++l) row.push_back(shower.occupancy(l));
  for (const auto* position : {&g.phi, &g.eta}) {
    for (std::uint32_t l = 0; l < 3; ++l) row.push_back(shower.centre(l, *position, 1e-8L) / 100);
  }
  row.push_back(std::log10(incident / 1e4L));
  return row;
}

Numbers expected_row(Geometry::Family family, FeatureSetName set, const naive::Shower& shower, double incident) {
  if (family == Geometry::Family::calochallenge) return calochallenge(set, shower, incident);
  return set == FeatureSetName::high ? calogan_high(shower, incident) : calogan_low(set, shower, incident);
}

TEST(FeatureSet, IsItsDefinition) {
  const auto showers = odd_showers();
  const auto table = table_of(showers);
  for (const auto family : {Geometry::Family::calochallenge, Geometry::Family::calogan}) {
    const auto geometry = small_geometry(family);
    for (const auto set : {FeatureSetName::low, FeatureSetName::low_normalised, FeatureSetName::high}) {
      for (const double threshold : {no_threshold, 0.5, 20.0}) {
        const FeatureSet features(set, geometry, threshold);
        const auto names = features.column_names();
        ASSERT_EQ(names.size(), features.columns());
        ShowerMoments moments = features.moments_of(*table);
        FeatureSet::Scratch scratch;
        std::vector<double> row(features.columns());
        for (std::uint64_t r = 0; r < table->rows(); ++r) {
          features.row_of(moments, r, scratch, row);
          const naive::Shower shower(geometry, showers.row(r), threshold);
          const auto expected = expected_row(family, set, shower, showers.incident_energy[r]);
          ASSERT_EQ(row.size(), expected.size());
          for (std::size_t c = 0; c < row.size(); ++c) {
            const auto value = static_cast<double>(expected[c]);
            // Widths near zero are roots of rounding: their logarithm says nothing below 1e-7 mm.
            const bool width = names[c].find("width") != std::string::npos || names[c].find("sigma") != std::string::npos;
            ASSERT_TRUE(std::isfinite(row[c])) << names[c];
            if (names[c].starts_with("log10_sigma")) {
              ASSERT_NEAR(std::pow(10, row[c]), std::pow(10, value), 1e-6) << names[c] << " of row " << r;
            } else {
              ASSERT_NEAR(row[c], value, width ? 1e-8 : 1e-12 * (1 + std::fabs(value))) << names[c] << " of row " << r;
            }
          }
        }
      }
    }
  }
}

TEST(FeatureSet, NamesItsColumns) {
  const auto geometry = small_geometry(Geometry::Family::calochallenge);
  EXPECT_EQ(FeatureSet(FeatureSetName::high, geometry, 0).column_names(),
            (std::vector<std::string>{"log10_E_inc", "log10_E_layer_0", "log10_E_layer_5", "log10_E_layer_9",
                                      "centre_eta_0", "centre_eta_9", "centre_phi_0", "centre_phi_9", "width_eta_0",
                                      "width_eta_9", "width_phi_0", "width_phi_9", "log10_E_tot", "sparsity_0",
                                      "sparsity_5", "sparsity_9", "centre_r_0", "centre_r_5", "centre_r_9",
                                      "width_r_0", "width_r_5", "width_r_9"}));
  const auto low = FeatureSet(FeatureSetName::low_normalised, geometry, 0).column_names();
  EXPECT_EQ(low.size(), 16U);
  EXPECT_EQ(low[3], "log10_E_layer_9");
  EXPECT_EQ(low[15], "voxel_11");
  const auto calogan = FeatureSet(FeatureSetName::high, small_geometry(Geometry::Family::calogan), 0).column_names();
  ASSERT_EQ(calogan.size(), 41U);
  EXPECT_EQ(calogan[2], "log10_E_9");
  EXPECT_EQ(calogan[13], "E_brightest_1_0");
  EXPECT_EQ(calogan[19], "E_brightest_2_5");
  EXPECT_EQ(calogan[28], "ratio_brightest_0");
  EXPECT_EQ(calogan[40], "log10_E_inc");
}

TEST(FeatureSet, RefusesAnIncidentEnergyThatIsNotAboveZero) {
  JobControl control;
  for (const double energy : {0.0, -1.0}) {
    auto table = std::make_shared<ShowerTable>(12, 0);
    const std::vector<float> voxels(12 * 4000, 1);
    std::vector<double> energies(4000, 5);
    std::fill(energies.begin() + 1, energies.end(), energy);  // all threads meet one, and the first is named
    table->append(energies, std::span<const float>(voxels));
    const FeatureSet features(FeatureSetName::low, small_geometry(Geometry::Family::calochallenge), 0);
    try {
      FeatureTable(table, features, tiles_on(3), control);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::incident_energy);
      EXPECT_NE(std::string(error.what()).find("shower 1 "), std::string::npos) << error.what();
    }
  }
}

TEST(FeatureSet, RefusesAnUnsoundGeometry) {
  const auto refused = [](const auto& change, Geometry::Family family = Geometry::Family::calochallenge) {
    auto geometry = small_geometry(family);
    change(geometry);
    try {
      const FeatureSet features(FeatureSetName::low, geometry, 0);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::shape;
    }
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& g) { g.first_voxel = {}; }));
  EXPECT_TRUE(refused([](auto& g) { g.first_voxel = {0}; }));
  EXPECT_TRUE(refused([](auto& g) { g.first_voxel[0] = 1; }));
  EXPECT_TRUE(refused([](auto& g) { g.first_voxel[1] = 5; }));
  EXPECT_TRUE(refused([](auto& g) { g.first_voxel[1] = 9; }));
  EXPECT_TRUE(refused([](auto& g) { g.angular.pop_back(); }));
  EXPECT_TRUE(refused([](auto& g) { g.length_unit.clear(); }));
  EXPECT_TRUE(refused([](auto& g) { g.radius.push_back(1); }));
  EXPECT_TRUE(refused([](auto& g) { g.first_voxel = {0, 12}, g.layer_id = {0}, g.angular = {1}; },
                      Geometry::Family::calogan));
}

TEST(FeatureTable, HoldsTheScalarsAndGivesTheVoxelsOfARow) {
  const auto table = table_of(random_showers(12, 1300, 7, 1, 0.4));
  JobControl control;
  for (const auto set : {FeatureSetName::low, FeatureSetName::low_normalised, FeatureSetName::high}) {
    const FeatureSet features(set, small_geometry(Geometry::Family::calogan), 0.5);
    const FeatureTable stored(table, features, tiles_on(3), control);
    ShowerMoments moments = features.moments_of(*table);
    FeatureSet::Scratch scratch;
    std::vector<double> row(features.columns());
    for (std::uint64_t r = 0; r < table->rows(); ++r) {
      features.row_of(moments, r, scratch, row);
      for (std::uint32_t c = 0; c < stored.scalars(); ++c) {
        EXPECT_EQ(stored.scalars_of(r)[c], static_cast<float>(row[c]));
      }
      if (stored.voxels() == 0) continue;
      std::vector<double> dense(stored.voxels());
      stored.voxels_of(r, scratch);
      for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) dense[scratch.hits.voxel[hit]] = scratch.hits.energy[hit];
      EXPECT_EQ(dense, std::vector<double>(row.begin() + stored.scalars(), row.end()));
    }
  }
}

TEST(FeatureTable, RefusesAMatrixThatIsNotOne) {
  const auto code_of = [](std::vector<float> values, std::uint32_t columns) {
    return thrown_code([&] { EXPECT_EQ(FeatureTable(std::move(values), columns).rows(), 2U); });
  };
  EXPECT_EQ(code_of({1, 2, 3, 4}, 2), std::nullopt);
  EXPECT_EQ(code_of({1, 2, 3}, 2), ErrorCode::shape);
  EXPECT_EQ(code_of({1, 2}, 0), ErrorCode::shape);
  EXPECT_EQ(code_of({1, NAN}, 1), ErrorCode::non_finite);
  EXPECT_EQ(code_of({1, INFINITY}, 1), ErrorCode::non_finite);
}

}  // namespace
}  // namespace caloscope
