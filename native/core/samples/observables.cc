#include "core/samples/observables.h"

#include <algorithm>

#include "core/run/error.h"
#include "core/samples/shower_quantities.h"

namespace caloscope {
namespace {

enum class Unit : std::uint8_t { none, energy, length };

/// All of an observable, or of a family of one a layer: its name (NAME_LAYER with the layer's own number), its label (`LABEL
/// LAYER`), its unit and its value. There is no default, so that none can be forgotten.
struct Entry {
  const char* name;
  const char* label;
  Unit unit;
  Over over;
  ShowerValue value;

  constexpr Entry(const char* its_name, const char* its_label, Unit its_unit, Over taken_over, ShowerValue its_value)
      : name(its_name), label(its_label), unit(its_unit), over(taken_over), value(its_value) {}
};

using Shower = ShowerMoments;
using enum Coordinate;

constexpr Entry table[] = {
    {"incident_energy", "E_inc", Unit::energy, Over::shower, [](Shower& s, Place) { return s.incident_energy(); }},
    {"deposited_energy", "E_dep", Unit::energy, Over::shower, [](Shower& s, Place) { return s.deposited_energy(); }},
    {"energy_ratio", "E_dep / E_inc", Unit::none, Over::shower, [](Shower& s, Place) { return energy_ratio(s); }},
    {"depth", "mean layer, energy-weighted", Unit::none, Over::shower, [](Shower& s, Place) { return depth(s); }},
    {"depth_width", "width in layers, energy-weighted", Unit::none, Over::shower,
     [](Shower& s, Place) { return depth_width(s); }},
    {"occupancy", "occupancy", Unit::none, Over::shower,
     [](Shower& s, Place) { return lit_voxels(s) / s.geometry().voxels(); }},
    {"brightest_fraction", "brightest voxel / E_dep", Unit::none, Over::shower,
     [](Shower& s, Place) { return brightest_fraction(s); }},
    {"layer_energy", "energy in layer", Unit::energy, Over::layers,
     [](Shower& s, Place at) { return s.layer(at.layer).energy; }},
    {"layer_occupancy", "occupancy of layer", Unit::none, Over::layers,
     [](Shower& s, Place at) { return static_cast<double>(s.layer(at.layer).lit) / s.layer(at.layer).voxels; }},
    {"centre_r", "centre of energy in r, layer", Unit::length, Over::layers, centre<radius>},
    {"width_r", "width in r, layer", Unit::length, Over::layers, width<radius>},
    {"centre_eta", "centre of energy in η, layer", Unit::length, Over::angular_layers, centre<eta>},
    {"centre_phi", "centre of energy in φ, layer", Unit::length, Over::angular_layers, centre<phi>},
    {"width_eta", "width in η, layer", Unit::length, Over::angular_layers, width<eta>},
    {"width_phi", "width in φ, layer", Unit::length, Over::angular_layers, width<phi>},
};

std::string unit_text(Unit unit, const Geometry& geometry) {
  switch (unit) {
    case Unit::none: return "";
    case Unit::energy: return "MeV";
    case Unit::length: return geometry.length_unit;
  }
  return "";
}

std::vector<PlacedValue> chosen_values(const Geometry& geometry, std::span<const std::uint32_t> chosen) {
  const auto all = observables_of(geometry);
  std::vector<PlacedValue> result;
  for (const auto index : chosen) {
    if (index >= all.size()) throw Error(ErrorCode::argument, "no observable has the number " + std::to_string(index));
    result.push_back(all[index].value);
  }
  return result;
}

}  // namespace

std::vector<Observable> observables_of(const Geometry& geometry) {
  std::vector<Observable> of_shower;
  std::vector<std::vector<Observable>> of_layer(geometry.layers());
  for (const auto& entry : table) {
    const auto unit = unit_text(entry.unit, geometry);
    for_each_layer(entry.over, geometry, [&](std::uint32_t layer) {
      const auto number = std::to_string(geometry.layer_id[layer]);
      if (entry.over == Over::shower) of_shower.push_back({entry.name, entry.label, unit, {entry.value, {}}});
      else {
        of_layer[layer].push_back({entry.name + ("_" + number), entry.label + (" " + number), unit, {entry.value, {layer}}});
      }
    });
  }
  for (const auto& layer : of_layer) of_shower.insert(of_shower.end(), layer.begin(), layer.end());
  return of_shower;
}

std::vector<double> observable_values(const ShowerTable& showers, const Geometry& geometry, double threshold,
                                      std::span<const std::uint32_t> chosen, const TileRunner& run_tiles,
                                      const JobControl& control) {
  geometry.validate();
  if (showers.voxels() != geometry.voxels()) {
    throw Error(ErrorCode::shape, "the showers do not have the voxels of the geometry");
  }
  const auto values = chosen_values(geometry, chosen);
  const std::uint64_t rows = showers.rows();
  std::vector<double> result(values.size() * rows);
  run_tiles((rows + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
    ShowerMoments shower(showers, geometry, {threshold, empty_softening, std::nullopt});
    for (std::uint64_t row = tile * shower_tile; row < std::min<std::uint64_t>(rows, (tile + 1) * shower_tile); ++row) {
      if (row % 128 == 0) control.check();
      shower.select(row);
      for (std::size_t i = 0; i < values.size(); ++i) result[i * rows + row] = values[i].of(shower);
    }
  });
  return result;
}

}  // namespace caloscope
