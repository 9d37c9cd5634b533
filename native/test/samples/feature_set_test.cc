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

Numbers full(const naive::Shower& shower, long double incident) {
  const auto& g = shower.geometry;
  const long double total = shower.total();
  const auto log_energy = [](long double energy) { return std::log10(std::max(energy, 0.0L) + 1); };
  const auto held = [](long double energy, long double value, long double lowest, long double highest) {
    return energy > 0 ? std::clamp(value, lowest, highest) : 0;
  };
  const auto lit = [&](std::uint32_t l) { return shower.sum(l, [&](auto v) { return shower.energy[v] > 0 ? 1 : 0; }); };
  const auto voxels_of = [&](std::uint32_t l, const auto& values) {
    return Numbers(values.begin() + g.first_voxel[l], values.begin() + g.first_voxel[l + 1]);
  };
  const auto highest_of = [](const Numbers& values) { return *std::max_element(values.begin(), values.end()); };
  const auto lowest_of = [](const Numbers& values) { return *std::min_element(values.begin(), values.end()); };

  long double depth = 0, square = 0, hits = 0;
  for (std::uint32_t l = 0; l < 3; ++l) {
    depth += l * shower.layer_energy(l) / (total + 1e-16L);
    square += l * l * shower.layer_energy(l) / (total + 1e-16L);
    hits += lit(l);
  }
  const long double depth_width = std::sqrt(std::max(0.0L, square - depth * depth));
  Numbers row{std::log10(incident), log_energy(total), total / incident, held(total, depth, 0, 2),
              held(total, depth_width, 0, 2), std::log10(1 + hits), held(total, highest_of(shower.energy) / total, 0, 1)};
  for (std::uint32_t l = 0; l < 3; ++l) row.push_back(log_energy(shower.layer_energy(l)));
  for (std::uint32_t l = 0; l < 3; ++l) row.push_back(held(total, shower.layer_energy(l) / total, 0, 1));
  for (std::uint32_t l = 0; l < 3; ++l) row.push_back(std::log10(1 + lit(l)));
  for (std::uint32_t l = 0; l < 3; ++l) {
    const long double energy = shower.layer_energy(l);
    row.push_back(held(energy, highest_of(voxels_of(l, shower.energy)) / energy, 0, 1));
  }
  const auto centre = [&](std::uint32_t l, const std::vector<double>& position) {
    const auto places = voxels_of(l, position);
    row.push_back(held(shower.layer_energy(l), shower.centre(l, position, 1e-16L), lowest_of(places), highest_of(places)));
  };
  const auto width = [&](std::uint32_t l, const std::vector<double>& position) {
    const auto places = voxels_of(l, position);
    const long double most = highest_of(places) - lowest_of(places);
    row.push_back(held(shower.layer_energy(l), shower.width(l, position, 1e-16L), 0, most));
  };
  for (std::uint32_t l = 0; l < 3; ++l) centre(l, g.radius);
  for (std::uint32_t l = 0; l < 3; ++l) width(l, g.radius);
  for (const auto* position : {&g.eta, &g.phi}) {
    for (const auto l : {0U, 2U}) centre(l, *position);
  }
  for (const auto* position : {&g.eta, &g.phi}) {
    for (const auto l : {0U, 2U}) width(l, *position);
  }
  for (const auto energy : shower.energy) row.push_back(energy / incident);
  return row;
}

Numbers expected_row(Geometry::Definitions definitions, FeatureSetName set, const naive::Shower& shower, double incident) {
  if (set == FeatureSetName::full) return full(shower, incident);
  if (definitions == Geometry::Definitions::calochallenge) return calochallenge(set, shower, incident);
  return set == FeatureSetName::high ? calogan_high(shower, incident) : calogan_low(set, shower, incident);
}

TEST(FeatureSet, IsItsDefinition) {
  const auto showers = odd_showers();
  const auto table = table_of(showers);
  for (const auto definitions : {Geometry::Definitions::calochallenge, Geometry::Definitions::calogan}) {
    const auto geometry = small_geometry(definitions);
    for (const auto set :
         {FeatureSetName::full, FeatureSetName::low, FeatureSetName::low_normalised, FeatureSetName::high}) {
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
          const auto expected = expected_row(definitions, set, shower, showers.incident_energy[r]);
          ASSERT_EQ(row.size(), expected.size());
          for (std::size_t c = 0; c < row.size(); ++c) {
            const auto value = static_cast<double>(expected[c]);
            // Widths near zero are roots of rounding: their logarithm says nothing below 1e-7 mm. Those of `full` are in mm,
            // the others in 100 mm.
            const double width_error = set == FeatureSetName::full ? 1e-6 : 1e-8;
            const bool width = names[c].find("width") != std::string::npos || names[c].find("sigma") != std::string::npos;
            ASSERT_TRUE(std::isfinite(row[c])) << names[c];
            if (names[c].starts_with("log10_sigma")) {
              ASSERT_NEAR(std::pow(10, row[c]), std::pow(10, value), 1e-6) << names[c] << " of row " << r;
            } else {
              ASSERT_NEAR(row[c], value, width ? width_error : 1e-12 * (1 + std::fabs(value))) << names[c] << " of row " << r;
            }
          }
        }
      }
    }
  }
}

TEST(FeatureSet, NamesItsColumns) {
  const auto geometry = small_geometry(Geometry::Definitions::calochallenge);
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
  const std::vector<std::string> full_scalars{
      "log10_E_inc", "log10_E_dep", "energy_ratio", "depth", "depth_width", "log10_hits", "brightest_fraction",
      "log10_E_layer_0", "log10_E_layer_5", "log10_E_layer_9", "layer_fraction_0", "layer_fraction_5", "layer_fraction_9",
      "log10_hits_0", "log10_hits_5", "log10_hits_9", "brightest_fraction_0", "brightest_fraction_5",
      "brightest_fraction_9", "centre_r_0", "centre_r_5", "centre_r_9", "width_r_0", "width_r_5", "width_r_9",
      "centre_eta_0", "centre_eta_9", "centre_phi_0", "centre_phi_9", "width_eta_0", "width_eta_9", "width_phi_0",
      "width_phi_9"};
  for (const auto definitions : {Geometry::Definitions::calochallenge, Geometry::Definitions::calogan}) {
    const FeatureSet full(FeatureSetName::full, small_geometry(definitions), 0);
    const auto names = full.column_names();
    ASSERT_EQ(full.scalars(), full_scalars.size());
    EXPECT_EQ(std::vector<std::string>(names.begin(), names.begin() + full.scalars()), full_scalars);
    EXPECT_EQ(names.size(), full_scalars.size() + 12);
  }
  const auto calogan = FeatureSet(FeatureSetName::high, small_geometry(Geometry::Definitions::calogan), 0).column_names();
  ASSERT_EQ(calogan.size(), 41U);
  EXPECT_EQ(calogan[2], "log10_E_9");
  EXPECT_EQ(calogan[13], "E_brightest_1_0");
  EXPECT_EQ(calogan[19], "E_brightest_2_5");
  EXPECT_EQ(calogan[28], "ratio_brightest_0");
  EXPECT_EQ(calogan[40], "log10_E_inc");
}

TEST(FeatureSet, FullNamesNothingTwiceWhereThereIsOneLayer) {
  auto geometry = small_geometry(Geometry::Definitions::calochallenge);
  geometry.first_voxel = {0, 12};
  geometry.layer_id = {4};
  geometry.angular = {1};
  const FeatureSet full(FeatureSetName::full, geometry, 0);
  const auto names = full.column_names();
  EXPECT_EQ(std::vector<std::string>(names.begin(), names.begin() + full.scalars()),
            (std::vector<std::string>{"log10_E_inc", "log10_E_dep", "energy_ratio", "depth", "depth_width", "log10_hits",
                                      "brightest_fraction", "centre_r_4", "width_r_4", "centre_eta_4", "centre_phi_4",
                                      "width_eta_4", "width_phi_4"}));
}

TEST(FeatureSet, FullHoldsShowersOfNegativeVoxelsWithinBounds) {
  const auto geometry = small_geometry(Geometry::Definitions::calochallenge);
  const std::vector<std::vector<double>> odd{
      {},                                                          // empty
      {-3, -1, 0, 0, -2, 0, -7},                                   // below zero everywhere
      {5, -5, 0, 0, 0, 3, -3},                                     // no energy, but hits
      {1000, -999.9999999, 0, 0, -0.5, 0, 20, 0, 0, 0, 0, -19.9},  // nearly none
      {-1e-16, 0, 0, 0, 0, 4},                                     // the softening itself
      {1e-300, -1e-301, 0, 0, 0, 1e-200},
      {2, 0, 0, 0, 0, -1},                                         // a layer above all others together
      {0, 3, 0, 0, -5, 0, 0, 8, 1},
  };
  const auto table = std::make_shared<ShowerTable>(12, 0);
  for (auto voxels : odd) {
    voxels.resize(12);
    table->append(std::vector{1000.0}, std::span<const double>(voxels));
  }
  const FeatureSet full(FeatureSetName::full, geometry, no_threshold);
  const auto names = full.column_names();
  ShowerMoments moments = full.moments_of(*table);
  std::vector<double> row(full.scalars());
  for (std::uint64_t r = 0; r < table->rows(); ++r) {
    moments.select(r);
    full.scalars_of(moments, row);
    for (std::size_t c = 0; c < row.size(); ++c) {
      // 45 mm: the positions of the geometry, and the largest distance between two of a layer.
      const double most = names[c].find("fraction") != std::string::npos ? 1
                          : names[c].starts_with("depth")                ? 2
                                                                         : 45;
      EXPECT_TRUE(std::fabs(row[c]) <= most) << names[c] << " of row " << r << " is " << row[c];
      const bool of_the_shower = names[c] != "log10_E_inc";
      EXPECT_TRUE(r > 0 || !of_the_shower || row[c] == 0) << names[c] << " of the empty shower is " << row[c];
    }
  }
}

TEST(FeatureSet, RefusesAnIncidentEnergyThatIsNotAboveZero) {
  JobControl control;
  for (const double energy : {0.0, -1.0}) {
    auto table = std::make_shared<ShowerTable>(12, 0);
    const std::vector<float> voxels(12 * 4000, 1);
    std::vector<double> energies(4000, 5);
    std::fill(energies.begin() + 1, energies.end(), energy);  // all threads meet one, and the first is named
    table->append(energies, std::span<const float>(voxels));
    const FeatureSet features(FeatureSetName::low, small_geometry(Geometry::Definitions::calochallenge), 0);
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
  const auto refused = [](const auto& change, Geometry::Definitions definitions = Geometry::Definitions::calochallenge) {
    auto geometry = small_geometry(definitions);
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
                      Geometry::Definitions::calogan));
}

TEST(FeatureTable, HoldsTheScalarsAndGivesTheVoxelsOfARow) {
  const auto table = table_of(random_showers(12, 1300, 7, 1, 0.4));
  JobControl control;
  for (const auto set :
       {FeatureSetName::full, FeatureSetName::low, FeatureSetName::low_normalised, FeatureSetName::high}) {
    const FeatureSet features(set, small_geometry(Geometry::Definitions::calogan), 0.5);
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

/// Layers of 70,000 and 30,003 voxels: groups of seven, the last of each layer smaller.
TEST(FeatureSet, FullSumsNeighboursWhereThereAreVeryManyVoxels) {
  constexpr std::uint32_t voxels = 100'003;
  constexpr std::uint32_t size = 7;
  Geometry geometry(Geometry::Definitions::calochallenge);
  geometry.first_voxel = {0, 70'000, voxels};
  geometry.layer_id = {0, 1};
  geometry.angular = {0, 0};
  geometry.length_unit = "mm";
  geometry.eta = geometry.phi = geometry.radius = std::vector<double>(voxels);
  const auto showers = random_showers(voxels, 3, 5, 1, 0.1);
  ShowerTable table(voxels, 3);
  table.append(showers.incident_energy, showers.energy);

  const FeatureSet full(FeatureSetName::full, geometry, no_threshold);
  const FeatureSet low(FeatureSetName::low, geometry, no_threshold);
  EXPECT_EQ(low.voxels(), voxels);
  ASSERT_EQ(full.voxels(), 10'000U + 4'287U);
  const auto names = full.column_names();
  EXPECT_EQ(names[full.scalars() + 1], "voxels_7_to_13");
  EXPECT_EQ(names[full.scalars() + 10'000], "voxels_70000_to_70006");
  EXPECT_EQ(names.back(), "voxels_100002_to_100002");
  FeatureSet::Scratch scratch;
  for (std::uint64_t row = 0; row < 3; ++row) {
    std::vector<double> sums;
    for (const auto& [begin, end] : {std::pair{0U, 70'000U}, std::pair{70'000U, voxels}}) {
      for (auto first = begin; first < end; first += size) {
        double sum = 0;
        for (auto voxel = first; voxel < std::min(first + size, end); ++voxel) {
          sum += static_cast<double>(showers.row(row)[voxel]) / showers.incident_energy[row];
        }
        sums.push_back(sum);
      }
    }
    full.voxels_of(table, row, scratch);
    std::vector<double> found(full.voxels());
    for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
      ASSERT_NE(scratch.hits.energy[hit], 0);
      found[scratch.hits.voxel[hit]] += scratch.hits.energy[hit];
    }
    EXPECT_TRUE(std::is_sorted(scratch.hits.voxel.begin(), scratch.hits.voxel.end()));
    for (std::size_t group = 0; group < sums.size(); ++group) ASSERT_NEAR(found[group], sums[group], 1e-12) << group;
  }
}

}  // namespace
}  // namespace caloscope
