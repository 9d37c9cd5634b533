#include "core/samples/observables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "test/support/naive_moments.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr long double undefined = std::numeric_limits<long double>::quiet_NaN();

long double where(long double energy, long double value) { return energy > 0 ? value : undefined; }

/// Mean and width of a position over voxels, from the difference of the moments.
struct Moments {
  long double energy = 0, first = 0, second = 0;

  void add(long double weight, long double x) {
    energy += weight;
    first += weight * x;
    second += weight * x * x;
  }
  long double mean() const { return where(energy, first / energy); }
  long double width() const {
    return where(energy, std::sqrt(std::max(0.0L, second / energy - first / energy * (first / energy))));
  }
};

using Values = std::map<std::string, long double>;

Values of_shower(const naive::Shower& shower, double incident) {
  const auto& g = shower.geometry;
  const long double total = shower.total();
  Moments depth, in_r, in_eta, in_phi;
  long double lit = 0, brightest = 0, largest = 0, weighted = 0, most = undefined, start = undefined;
  for (std::uint32_t l = 0; l < g.layers(); ++l) {
    const auto energy = shower.layer_energy(l);
    depth.add(energy, l);
    weighted += l * energy;
    if (energy > largest) {
      largest = energy;
      most = l;
    }
    if (std::isnan(start) && total > 0 && energy > 0.01L * total) start = l;
    for (auto v = g.first_voxel[l]; v < g.first_voxel[l + 1]; ++v) {
      lit += shower.energy[v] > 0 ? 1 : 0;
      brightest = std::max(brightest, shower.energy[v]);
      in_r.add(shower.energy[v], g.radius[v]);
      if (!g.angular[l]) continue;
      in_eta.add(shower.energy[v], g.eta[v]);
      in_phi.add(shower.energy[v], g.phi[v]);
    }
  }
  const auto occupancy = lit / static_cast<long double>(shower.energy.size());
  return {
      {"incident_energy", incident},
      {"deposited_energy", total},
      {"energy_ratio", total / incident},
      {"depth", depth.mean()},
      {"depth_width", depth.width()},
      {"depth_of_maximum", most},
      {"shower_start", start},
      {"depth_weighted_energy", weighted},
      {"hits", lit},
      {"occupancy", occupancy},
      {"sparsity", 1 - occupancy},
      {"brightest_fraction", where(total, brightest / total)},
      {"centre_r", in_r.mean()},
      {"width_r", in_r.width()},
      {"centre_eta", in_eta.mean()},
      {"centre_phi", in_phi.mean()},
      {"width_eta", in_eta.width()},
      {"width_phi", in_phi.width()},
  };
}

Values of_layer(const naive::Shower& shower, std::uint32_t l) {
  const auto& g = shower.geometry;
  const auto energy = shower.layer_energy(l);
  std::vector<long double> sorted(shower.energy.begin() + g.first_voxel[l], shower.energy.begin() + g.first_voxel[l + 1]);
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  sorted.resize(std::max<std::size_t>(sorted.size(), 5));
  Values values{
      {"layer_energy", energy},
      {"layer_fraction", where(shower.total(), energy / shower.total())},
      {"layer_hits", shower.sum(l, [&](std::uint32_t v) { return shower.energy[v] > 0 ? 1 : 0; })},
      {"layer_occupancy", shower.occupancy(l)},
      {"layer_sparsity", 1 - shower.occupancy(l)},
      {"brightest_fraction", where(energy, sorted[0] / energy)},
      {"second_brightest_fraction", where(energy, sorted[1] / energy)},
      {"third_brightest_fraction", where(energy, sorted[2] / energy)},
      {"fourth_brightest_fraction", where(energy, sorted[3] / energy)},
      {"fifth_brightest_fraction", where(energy, sorted[4] / energy)},
      {"brightest_ratio", where(sorted[0] + sorted[1], (sorted[0] - sorted[1]) / (sorted[0] + sorted[1]))},
  };
  if (l > 0) {
    const auto both = energy + shower.layer_energy(l - 1);
    values["layer_ratio"] = where(both, energy / both);
  }
  const auto add = [&](const std::string& name, const std::vector<double>& position) {
    values["centre_" + name] = where(energy, shower.centre(l, position, 1e-16L));
    values["width_" + name] = where(energy, shower.width(l, position, 1e-16L));
  };
  add("r", g.radius);
  if (!g.angular[l]) return values;
  add("eta", g.eta);
  add("phi", g.phi);
  return values;
}

Values expected_of(const naive::Shower& shower, double incident) {
  auto values = of_shower(shower, incident);
  for (std::uint32_t l = 0; l < shower.geometry.layers(); ++l) {
    for (const auto& [name, value] : of_layer(shower, l)) {
      values[name + "_" + std::to_string(shower.geometry.layer_id[l])] = value;
    }
  }
  return values;
}

std::vector<std::uint32_t> numbers_up_to(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

TEST(Observables, AreTheirDefinitions) {
  const auto geometry = small_geometry(Geometry::Definitions::calochallenge);
  const auto all = observables_of(geometry);
  const auto showers = random_showers(12, 1300, 21, 1, 0.4);
  const auto table = table_of(showers);
  JobControl control;
  for (const double threshold : {-std::numeric_limits<double>::infinity(), 5.0, 1e9}) {
    const auto values =
        observable_values(*table, geometry, threshold, numbers_up_to(all.size()), tiles_on(3), control);
    for (std::uint64_t row = 0; row < table->rows(); ++row) {
      const auto expected = expected_of(naive::Shower(geometry, showers.row(row), threshold), showers.incident_energy[row]);
      ASSERT_EQ(expected.size(), all.size());
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto value = static_cast<double>(expected.at(all[i].name));
        const auto found = values[i * table->rows() + row];
        ASSERT_EQ(std::isnan(found), std::isnan(value)) << all[i].name << " of row " << row;
        if (std::isnan(value)) continue;
        // A width is a root: near zero it shows the square root of the rounding.
        const bool width = all[i].name.find("width") != std::string::npos;
        // Below 1e-7 of their places, up to 50, hits have none but the softening of the definition.
        if (width && value < 5e-6 && found == 0) continue;
        ASSERT_NEAR(found, value, width ? 1e-6 : 1e-11 * (1 + std::fabs(value)))
            << all[i].name << " of row " << row << " above " << threshold << " MeV";
      }
    }
  }
}

TEST(Observables, HaveNoWidthWhereAllHitsLieInOneVoxel) {
  for (const auto definitions : {Geometry::Definitions::calochallenge, Geometry::Definitions::calogan}) {
    const auto geometry = small_geometry(definitions);
    const auto all = observables_of(geometry);
    auto showers = random_showers(12, 12, 23);
    for (std::size_t row = 0; row < 12; ++row) {
      for (std::size_t voxel = 0; voxel < 12; ++voxel) showers.energy[row * 12 + voxel] = voxel == row ? 137.03F : 0;
    }
    JobControl control;
    const auto values = observable_values(*table_of(showers), geometry, 0, numbers_up_to(all.size()), tiles_on(1), control);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name.find("width") == std::string::npos) continue;
      for (std::size_t row = 0; row < 12; ++row) {
        const double width = values[i * 12 + row];
        EXPECT_TRUE(width == 0 || std::isnan(width)) << all[i].name << " of row " << row << ": " << width;
      }
    }
  }
}

TEST(Observables, ComeInTheOrderAskedFor) {
  const auto geometry = small_geometry(Geometry::Definitions::calogan);
  const auto table = table_of(random_showers(12, 20, 22));
  JobControl control;
  const std::vector<std::uint32_t> chosen{1, 0, 1};
  const auto values = observable_values(*table, geometry, 0, chosen, tiles_on(1), control);
  ASSERT_EQ(values.size(), 60U);
  for (std::size_t row = 0; row < 20; ++row) {
    EXPECT_EQ(values[row], values[40 + row]);
    EXPECT_EQ(values[20 + row], table->incident_energies()[row]);
  }
  EXPECT_TRUE(observable_values(*table, geometry, 0, {}, tiles_on(2), control).empty());
}

TEST(Observables, HaveTheSameBitsAloneAsWithAllOthers) {
  const auto geometry = small_geometry(Geometry::Definitions::calochallenge);
  const auto table = table_of(random_showers(12, 600, 23, 1, 0.4));
  const auto numbers = numbers_up_to(observables_of(geometry).size());
  JobControl control;
  const auto together = observable_values(*table, geometry, 5, numbers, tiles_on(2), control);
  for (const auto number : numbers) {
    const auto alone = observable_values(*table, geometry, 5, std::vector{number}, tiles_on(1), control);
    // Bit by bit: NaN is not equal to itself.
    EXPECT_EQ(std::memcmp(alone.data(), together.data() + number * table->rows(), alone.size() * sizeof(double)), 0) << number;
  }
}

TEST(Observables, AreNamedWithTheirLabelsAndUnits) {
  auto geometry = small_geometry(Geometry::Definitions::calogan);
  geometry.length_unit = "voxel";
  const auto all = observables_of(geometry);
  const auto place_of = [&](const std::string& name) {
    return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  };
  const auto expect_described = [&](const std::string& name, const char* label, const char* unit) {
    const auto found = place_of(name);
    ASSERT_NE(found, all.end()) << name;
    EXPECT_EQ(found->label, label);
    EXPECT_EQ(found->unit, unit);
  };
  expect_described("energy_ratio", "E_dep / E_inc", "");
  expect_described("layer_energy_5", "energy in layer 5", "MeV");
  expect_described("width_phi_9", "width in φ, layer 9", "voxel");
  expect_described("layer_ratio_9", "E_9 / (E_5 + E_9)", "");
  EXPECT_EQ(place_of("layer_ratio_9")->layer, 9U);
  EXPECT_EQ(place_of("layer_ratio_0"), all.end());
  EXPECT_EQ(place_of("depth")->layer, std::nullopt);
  EXPECT_EQ(place_of("hits")->asked, Asked::always);
  EXPECT_EQ(place_of("occupancy")->asked, Asked::by_name);
  // Those of the whole shower, then layer by layer; in eta and phi only where the layer is angular.
  EXPECT_LT(place_of("brightest_fraction"), place_of("layer_energy_0"));
  EXPECT_LT(place_of("width_phi_0"), place_of("layer_energy_5"));
  EXPECT_LT(place_of("width_r_5"), place_of("layer_energy_9"));
  EXPECT_EQ(place_of("centre_eta_5"), all.end());
}

TEST(Observables, OfAPlainGridAreInXAndY) {
  auto geometry = small_geometry(Geometry::Definitions::calochallenge);
  geometry.transverse = Geometry::Transverse::x_y;
  std::map<std::string, std::string> labels;
  for (const auto& one : observables_of(geometry)) labels[one.name] = one.label;
  EXPECT_EQ(labels.at("centre_x_9"), "center of energy in x, layer 9");
  EXPECT_EQ(labels.at("width_y"), "width in y");
  for (const auto& [name, label] : labels) {
    EXPECT_EQ(name.find("eta"), std::string::npos) << name;
    EXPECT_EQ(label.find("φ"), std::string::npos) << label;
  }
}

TEST(Observables, OfOneLayerAreNotThereTwice) {
  Geometry geometry(Geometry::Definitions::calochallenge);
  geometry.first_voxel = {0, 2};
  geometry.layer_id = {3};
  geometry.angular = {1};
  geometry.length_unit = "mm";
  geometry.eta = geometry.phi = geometry.radius = {1, 2};
  std::vector<std::string> compared;
  for (const auto& one : observables_of(geometry)) {
    if (one.asked == Asked::always && one.layer) compared.push_back(one.name);
  }
  EXPECT_EQ(compared, std::vector<std::string>{"brightest_ratio_3"});
  geometry.angular = {0};
  for (const auto& one : observables_of(geometry)) EXPECT_EQ(one.name.find("eta"), std::string::npos) << one.name;
}

TEST(Observables, OfLayersThatTheShowerStartsIn) {
  // Layers of 0.9 %, 1 %, 58.1 % and 40 % of the deposited energy: at 1 % it has not started yet.
  Geometry geometry(Geometry::Definitions::calochallenge);
  geometry.first_voxel = {0, 1, 2, 3, 4};
  geometry.layer_id = {10, 11, 12, 13};
  geometry.angular = {0, 0, 0, 0};
  geometry.length_unit = "mm";
  geometry.eta = geometry.phi = geometry.radius = {1, 1, 1, 1};
  const DenseShowers showers{4, {1000}, {9, 10, 581, 400}};
  JobControl control;
  const auto all = observables_of(geometry);
  const auto values =
      observable_values(*table_of(showers), geometry, 0, numbers_up_to(all.size()), tiles_on(1), control);
  std::map<std::string, double> found;
  for (std::size_t i = 0; i < all.size(); ++i) found[all[i].name] = values[i];
  EXPECT_EQ(found.at("shower_start"), 2);
  EXPECT_EQ(found.at("depth_of_maximum"), 2);
  EXPECT_DOUBLE_EQ(found.at("layer_ratio_13"), 400.0 / 981);
  EXPECT_DOUBLE_EQ(found.at("layer_fraction_10"), 0.009);
}

TEST(Observables, RefuseWhatTheyDoNotKnow) {
  const auto geometry = small_geometry(Geometry::Definitions::calogan);
  JobControl control;
  const auto code_of = [&](std::uint32_t voxels, std::uint32_t chosen) {
    return thrown_code([&] {
      observable_values(*table_of(random_showers(voxels, 3, 1)), geometry, 0, std::vector{chosen}, tiles_on(1), control);
    });
  };
  const auto count = static_cast<std::uint32_t>(observables_of(geometry).size());
  EXPECT_EQ(code_of(12, count - 1), std::nullopt);
  EXPECT_EQ(code_of(12, count), ErrorCode::argument);
  EXPECT_EQ(code_of(11, 0), ErrorCode::shape);
  control.cancel();
  EXPECT_EQ(code_of(12, 0), ErrorCode::cancelled);
}

}  // namespace
}  // namespace caloscope
