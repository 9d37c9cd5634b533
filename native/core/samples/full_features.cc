#include <algorithm>
#include <cmath>

#include "core/samples/feature_definition.h"
#include "core/samples/shower_quantities.h"

namespace caloscope {
namespace {

/// Of the order of the noise in a layer: an empty layer is then close to one that is nearly empty.
constexpr double noise = 1;  // MeV

using Shower = ShowerMoments;
using enum Coordinate;

double log_energy(double energy) { return std::log10(std::max(energy, 0.0) + noise); }

double log_count(double count) { return std::log10(1 + count); }

/// A mean weighted with energies of that sum. Negative voxels drive it out of its bounds or leave no energy, as in an empty
/// shower, where it is 0.
double bounded(double mean, double energy, double lowest, double highest) {
  return energy > 0 ? std::clamp(mean, lowest, highest) : 0;
}

double bounded_by_layers(double layers, Shower& shower) {
  return bounded(layers, shower.deposited_energy(), 0, shower.geometry().layers() - 1);
}

double share(double energy, double whole) { return bounded(energy / whole, whole, 0, 1); }

template <Coordinate coordinate>
double bounded_centre(Shower& shower, Place at) {
  const auto& [lowest, highest] = shower.extent(coordinate, at.layer);
  return bounded(centre<coordinate>(shower, at), shower.layer(at.layer).energy, lowest, highest);
}

template <Coordinate coordinate>
double bounded_width(Shower& shower, Place at) {
  const auto& [lowest, highest] = shower.extent(coordinate, at.layer);
  return bounded(width<coordinate>(shower, at), shower.layer(at.layer).energy, 0, highest - lowest);
}

constexpr ScalarFeature scalars[] = {
    {"log10_E_inc", Over::shower, [](Shower& s, Place) { return std::log10(s.incident_energy()); }},
    {"log10_E_dep", Over::shower, [](Shower& s, Place) { return log_energy(s.deposited_energy()); }},
    {"energy_ratio", Over::shower, [](Shower& s, Place) { return energy_ratio(s); }},
    {"depth", Over::shower, [](Shower& s, Place) { return bounded_by_layers(depth(s), s); }},
    {"depth_width", Over::shower, [](Shower& s, Place) { return bounded_by_layers(depth_width(s), s); }},
    {"log10_hits", Over::shower, [](Shower& s, Place) { return log_count(lit_voxels(s)); }},
    {"brightest_fraction", Over::shower,
     [](Shower& s, Place) { return bounded(brightest_fraction(s), s.deposited_energy(), 0, 1); }},
    {"log10_E_layer", Over::several_layers, [](Shower& s, Place at) { return log_energy(s.layer(at.layer).energy); }},
    {"layer_fraction", Over::several_layers,
     [](Shower& s, Place at) { return share(s.layer(at.layer).energy, s.deposited_energy()); }},
    {"log10_hits", Over::several_layers, [](Shower& s, Place at) { return log_count(s.layer(at.layer).lit); }},
    {"brightest_fraction", Over::several_layers,
     [](Shower& s, Place at) { return share(s.brightest(at.layer).front(), s.layer(at.layer).energy); }},
    {"centre_r", Over::layers, bounded_centre<radius>},
    {"width_r", Over::layers, bounded_width<radius>},
    {"centre_eta", Over::angular_layers, bounded_centre<eta>},
    {"centre_phi", Over::angular_layers, bounded_centre<phi>},
    {"width_eta", Over::angular_layers, bounded_width<eta>},
    {"width_phi", Over::angular_layers, bounded_width<phi>},
};

}  // namespace

constexpr FeatureDefinition full_features{scalars, over_incident_energy, empty_softening, std::nullopt, true};

}  // namespace caloscope
