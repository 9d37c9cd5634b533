#include "core/samples/observables.h"

#include <gtest/gtest.h>

#include <algorithm>
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

std::map<std::string, long double> expected_of(const naive::Shower& shower, double incident) {
  const auto& g = shower.geometry;
  const long double total = shower.total();
  long double depth = 0, square = 0, lit = 0, brightest = 0;
  for (std::uint32_t l = 0; l < g.layers(); ++l) {
    const long double share = total == 0 ? 0 : shower.layer_energy(l) / total;
    depth += l * share;
    square += static_cast<long double>(l) * l * share;
  }
  for (const auto energy : shower.energy) {
    lit += energy > 0 ? 1 : 0;
    brightest = std::max(brightest, energy);
  }
  std::map<std::string, long double> values{
      {"incident_energy", incident},
      {"deposited_energy", total},
      {"energy_ratio", total / incident},
      {"depth", depth},
      {"depth_width", std::sqrt(std::max(0.0L, square - depth * depth))},
      {"occupancy", lit / static_cast<long double>(shower.energy.size())},
      {"brightest_fraction", total == 0 ? 0 : brightest / total},
  };
  for (std::uint32_t l = 0; l < g.layers(); ++l) {
    const std::string layer = "_" + std::to_string(g.layer_id[l]);
    values["layer_energy" + layer] = shower.layer_energy(l);
    values["layer_occupancy" + layer] = shower.occupancy(l);
    const auto add = [&](const std::string& name, const std::vector<double>& position) {
      values["centre_" + name + layer] = shower.centre(l, position, 1e-16L);
      values["width_" + name + layer] = shower.width(l, position, 1e-16L);
    };
    add("r", g.radius);
    if (!g.angular[l]) continue;
    add("eta", g.eta);
    add("phi", g.phi);
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
        // A width is a root: near zero it shows the square root of the rounding.
        const bool width = all[i].name.find("width") != std::string::npos;
        ASSERT_NEAR(values[i * table->rows() + row], value, width ? 1e-6 : 1e-11 * (1 + std::fabs(value)))
            << all[i].name << " of row " << row << " above " << threshold << " MeV";
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
    const auto first = together.begin() + static_cast<std::ptrdiff_t>(number * table->rows());
    EXPECT_EQ(alone, std::vector<double>(first, first + static_cast<std::ptrdiff_t>(table->rows()))) << number;
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
  // Those of the whole shower, then layer by layer; in eta and phi only where the layer is angular.
  EXPECT_LT(place_of("brightest_fraction"), place_of("layer_energy_0"));
  EXPECT_LT(place_of("width_phi_0"), place_of("layer_energy_5"));
  EXPECT_LT(place_of("width_r_5"), place_of("layer_energy_9"));
  EXPECT_EQ(place_of("centre_eta_5"), all.end());
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
