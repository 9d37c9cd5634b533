#include "core/samples/observables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/run/error.h"
#include "core/samples/shower_quantities.h"

namespace caloscope {
namespace {

enum class Unit : std::uint8_t { none, energy, length };

/// All of an observable, or of a family of one a layer: its name (NAME_LAYER with the layer's own number), its label, its unit,
/// whether evaluations compare it, and its value. In a label, {layer} and {before} are the numbers of the layer and of the one
/// before it; {eta} and {phi} are what the geometry calls these coordinates, in names too. There is no default, so that none
/// can be forgotten.
struct Entry {
  const char* name;
  const char* label;
  Unit unit;
  Over over;
  Asked asked;
  ShowerValue value;

  constexpr Entry(const char* its_name, const char* its_label, Unit its_unit, Over taken_over, Asked when_asked,
                  ShowerValue its_value)
      : name(its_name), label(its_label), unit(its_unit), over(taken_over), asked(when_asked), value(its_value) {}
};

using Shower = ShowerMoments;
using enum Coordinate;
using enum Asked;

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// A value that exists where there is an energy to weight or divide with.
double given(double energy, double value) { return energy > 0 ? value : undefined; }

double response(Shower& shower, Place) { return given(shower.incident_energy(), energy_ratio(shower)); }

/// Place of the layer of the largest energy, the first of equals.
double depth_of_maximum(Shower& shower, Place) {
  const auto& layers = shower.layers();
  const auto largest =
      std::max_element(layers.begin(), layers.end(), [](const auto& a, const auto& b) { return a.energy < b.energy; });
  return given(largest->energy, static_cast<double>(largest - layers.begin()));
}

/// Place of the first layer that holds more than this share of the deposited energy.
constexpr double start_share = 0.01;
double shower_start(Shower& shower, Place) {
  if (!(shower.deposited_energy() > 0)) return undefined;
  const double least = start_share * shower.deposited_energy();
  const auto& layers = shower.layers();
  const auto first = std::find_if(layers.begin(), layers.end(), [=](const auto& layer) { return layer.energy > least; });
  return first == layers.end() ? undefined : static_cast<double>(first - layers.begin());
}

/// Σ l E_l, with the place l of the layer: the lateral depth l_d of the CaloGAN's features.
double depth_weighted_energy(Shower& shower, Place) {
  double sum = 0;
  for (std::uint32_t l = 0; l < shower.geometry().layers(); ++l) sum += l * shower.layer(l).energy;
  return sum;
}

template <Coordinate coordinate>
double whole_centre(Shower& shower, Place) {
  const auto& [spread, energy] = shower.whole_spread(coordinate);
  return given(energy, spread.centre);
}

template <Coordinate coordinate>
double whole_width(Shower& shower, Place) {
  const auto& [spread, energy] = shower.whole_spread(coordinate);
  return given(energy, spread.width);
}

template <Coordinate coordinate>
double layer_centre(Shower& shower, Place at) {
  return given(shower.layer(at.layer).energy, centre<coordinate>(shower, at));
}

template <Coordinate coordinate>
double layer_width(Shower& shower, Place at) {
  return given(shower.layer(at.layer).energy, width<coordinate>(shower, at));
}

double layer_fraction(Shower& shower, Place at) {
  return given(shower.deposited_energy(), shower.layer(at.layer).energy / shower.deposited_energy());
}

/// E / (E + E of the layer before): the ratio of neighbors, on a bounded scale.
double neighbor_ratio(Shower& shower, Place at) {
  const double energy = shower.layer(at.layer).energy;
  const double both = energy + shower.layer(at.layer - 1).energy;
  return given(both, energy / both);
}

double occupied(Shower& shower, Place at) {
  const auto& layer = shower.layer(at.layer);
  return static_cast<double>(layer.lit) / layer.voxels;
}

template <std::size_t rank>
double brightest_share(Shower& shower, Place at) {
  const double energy = shower.layer(at.layer).energy;
  return given(energy, shower.brightest(at.layer)[rank] / energy);
}

/// (E₁ − E₂)/(E₁ + E₂) of the two brightest voxels of the layer.
double brightest_ratio(Shower& shower, Place at) {
  const auto energy = shower.brightest(at.layer);
  return given(energy[0] + energy[1], (energy[0] - energy[1]) / (energy[0] + energy[1]));
}

constexpr Entry table[] = {
    {"incident_energy", "E_inc", Unit::energy, Over::shower, always, [](Shower& s, Place) { return s.incident_energy(); }},
    {"deposited_energy", "E_dep", Unit::energy, Over::shower, always, [](Shower& s, Place) { return s.deposited_energy(); }},
    {"energy_ratio", "E_dep / E_inc", Unit::none, Over::shower, always, response},
    {"depth", "mean layer, energy-weighted", Unit::none, Over::shower, always,
     [](Shower& s, Place) { return given(s.deposited_energy(), depth(s)); }},
    {"depth_width", "width in layers, energy-weighted", Unit::none, Over::shower, always,
     [](Shower& s, Place) { return given(s.deposited_energy(), depth_width(s)); }},
    {"depth_of_maximum", "layer of the largest energy, from 0", Unit::none, Over::shower, always, depth_of_maximum},
    {"shower_start", "first layer above 1 % of E_dep, from 0", Unit::none, Over::shower, always, shower_start},
    {"depth_weighted_energy", "Σ l·E_l", Unit::energy, Over::shower, by_name, depth_weighted_energy},
    {"hits", "voxels above 0", Unit::none, Over::shower, always, [](Shower& s, Place) { return lit_voxels(s); }},
    {"occupancy", "occupancy", Unit::none, Over::shower, by_name,
     [](Shower& s, Place) { return lit_voxels(s) / s.geometry().voxels(); }},
    {"sparsity", "sparsity", Unit::none, Over::shower, by_name,
     [](Shower& s, Place) { return 1 - lit_voxels(s) / s.geometry().voxels(); }},
    {"brightest_fraction", "brightest voxel / E_dep", Unit::none, Over::shower, always,
     [](Shower& s, Place) { return given(s.deposited_energy(), brightest_fraction(s)); }},
    {"centre_r", "center of energy in r", Unit::length, Over::shower, always, whole_centre<radius>},
    {"width_r", "width in r", Unit::length, Over::shower, always, whole_width<radius>},
    {"centre_{eta}", "center of energy in {eta}", Unit::length, Over::angular_shower, always, whole_centre<eta>},
    {"centre_{phi}", "center of energy in {phi}", Unit::length, Over::angular_shower, always, whole_centre<phi>},
    {"width_{eta}", "width in {eta}", Unit::length, Over::angular_shower, by_name, whole_width<eta>},
    {"width_{phi}", "width in {phi}", Unit::length, Over::angular_shower, by_name, whole_width<phi>},

    {"layer_energy", "energy in layer {layer}", Unit::energy, Over::several_layers, always,
     [](Shower& s, Place at) { return s.layer(at.layer).energy; }},
    {"layer_fraction", "energy in layer {layer} / E_dep", Unit::none, Over::several_layers, always, layer_fraction},
    {"layer_ratio", "E_{layer} / (E_{before} + E_{layer})", Unit::none, Over::later_layers, always, neighbor_ratio},
    {"layer_hits", "voxels above 0 in layer {layer}", Unit::none, Over::several_layers, always,
     [](Shower& s, Place at) { return static_cast<double>(s.layer(at.layer).lit); }},
    {"layer_occupancy", "occupancy of layer {layer}", Unit::none, Over::several_layers, by_name, occupied},
    {"layer_sparsity", "sparsity of layer {layer}", Unit::none, Over::several_layers, by_name,
     [](Shower& s, Place at) { return 1 - occupied(s, at); }},
    {"brightest_fraction", "brightest voxel / energy in layer {layer}", Unit::none, Over::several_layers, always,
     brightest_share<0>},
    {"second_brightest_fraction", "2nd brightest voxel / energy in layer {layer}", Unit::none, Over::layers, by_name,
     brightest_share<1>},
    {"third_brightest_fraction", "3rd brightest voxel / energy in layer {layer}", Unit::none, Over::layers, by_name,
     brightest_share<2>},
    {"fourth_brightest_fraction", "4th brightest voxel / energy in layer {layer}", Unit::none, Over::layers, by_name,
     brightest_share<3>},
    {"fifth_brightest_fraction", "5th brightest voxel / energy in layer {layer}", Unit::none, Over::layers, by_name,
     brightest_share<4>},
    {"brightest_ratio", "(1st − 2nd) / (1st + 2nd brightest voxel), layer {layer}", Unit::none, Over::layers, always,
     brightest_ratio},
    {"centre_r", "center of energy in r, layer {layer}", Unit::length, Over::several_layers, always, layer_centre<radius>},
    {"width_r", "width in r, layer {layer}", Unit::length, Over::several_layers, always, layer_width<radius>},
    {"centre_{eta}", "center of energy in {eta}, layer {layer}", Unit::length, Over::several_angular_layers, always,
     layer_centre<eta>},
    {"centre_{phi}", "center of energy in {phi}, layer {layer}", Unit::length, Over::several_angular_layers, always,
     layer_centre<phi>},
    {"width_{eta}", "width in {eta}, layer {layer}", Unit::length, Over::several_angular_layers, always, layer_width<eta>},
    {"width_{phi}", "width in {phi}, layer {layer}", Unit::length, Over::several_angular_layers, always, layer_width<phi>},
};

std::string unit_text(Unit unit, const Geometry& geometry) {
  switch (unit) {
    case Unit::none: return "";
    case Unit::energy: return "MeV";
    case Unit::length: return geometry.length_unit;
  }
  return "";
}

using Words = std::array<std::pair<std::string_view, std::string>, 4>;

std::string filled_in(std::string text, const Words& words) {
  for (const auto& [word, meaning] : words) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word)) text.replace(at, word.size(), meaning);
  }
  return text;
}

Observable observable(const Entry& entry, const Geometry& geometry, std::uint32_t layer, bool of_layer) {
  const bool plain = geometry.transverse == Geometry::Transverse::x_y;
  const auto number = std::to_string(geometry.layer_id[layer]);
  const auto before = layer == 0 ? "" : std::to_string(geometry.layer_id[layer - 1]);
  const Words in_names{{{"{eta}", plain ? "x" : "eta"}, {"{phi}", plain ? "y" : "phi"}, {"{layer}", ""}, {"{before}", ""}}};
  const Words in_labels{
      {{"{eta}", plain ? "x" : "η"}, {"{phi}", plain ? "y" : "φ"}, {"{layer}", number}, {"{before}", before}}};
  const auto name = filled_in(entry.name, in_names);
  return {of_layer ? name + "_" + number : name,
          filled_in(entry.label, in_labels),
          unit_text(entry.unit, geometry),
          of_layer ? std::optional(geometry.layer_id[layer]) : std::nullopt,
          entry.asked,
          {entry.value, {layer}}};
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
  std::vector<std::vector<Observable>> of_layers(geometry.layers());
  for (const auto& entry : table) {
    const bool of_layer = !is_of_shower(entry.over);
    for_each_layer(entry.over, geometry, [&](std::uint32_t layer) {
      (of_layer ? of_layers[layer] : of_shower).push_back(observable(entry, geometry, layer, of_layer));
    });
  }
  for (const auto& layer : of_layers) of_shower.insert(of_shower.end(), layer.begin(), layer.end());
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
