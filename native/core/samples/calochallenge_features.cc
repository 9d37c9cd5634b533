#include <algorithm>
#include <cmath>

#include "core/samples/feature_definition.h"

namespace caloscope {
namespace {

constexpr double softening = 1e-16;  // MeV
constexpr double length_unit = 100;  // mm

using Shower = ShowerMoments;
using enum Coordinate;

constexpr ScalarFeature log_incident_energy{"log10_E_inc", Over::shower,
                                        [](Shower& s, Place) { return std::log10(s.incident_energy()); }};
constexpr ScalarFeature log_layer_energy{"log10_E_layer", Over::layers,
                                     [](Shower& s, Place at) { return soft_log10(s.layer(at.layer).energy); }};

constexpr ScalarFeature low[] = {log_incident_energy};
constexpr ScalarFeature low_normalised[] = {log_incident_energy, log_layer_energy};
constexpr ScalarFeature high[] = {
    log_incident_energy,
    log_layer_energy,
    {"centre_eta", Over::angular_layers, [](Shower& s, Place at) { return s.spread(eta, at.layer).centre / length_unit; }},
    {"centre_phi", Over::angular_layers, [](Shower& s, Place at) { return s.spread(phi, at.layer).centre / length_unit; }},
    {"width_eta", Over::angular_layers, [](Shower& s, Place at) { return s.spread(eta, at.layer).width / length_unit; }},
    {"width_phi", Over::angular_layers, [](Shower& s, Place at) { return s.spread(phi, at.layer).width / length_unit; }},
    {"log10_E_tot", Over::shower, [](Shower& s, Place) { return soft_log10(s.deposited_energy()); }},
    {"sparsity", Over::layers,
     [](Shower& s, Place at) { return 1 - static_cast<double>(s.layer(at.layer).lit) / s.layer(at.layer).voxels; }},
    {"centre_r", Over::layers, [](Shower& s, Place at) { return s.spread(radius, at.layer).centre / length_unit; }},
    {"width_r", Over::layers, [](Shower& s, Place at) { return s.spread(radius, at.layer).width / length_unit; }},
};

void over_layer_energy(const Geometry& geometry, double, Hits& hits, std::vector<LayerMoments>& layers) {
  layer_moments(geometry, hits, layers);
  for (const auto& layer : layers) {
    for (std::size_t hit = layer.first_hit; hit < layer.end_hit; ++hit) {
      hits.energy[hit] = std::max(hits.energy[hit], 0.0) / (layer.energy + softening);
    }
  }
}

}  // namespace

constexpr FeatureDefinitions calochallenge_features{
    .low = {low, over_incident_energy, softening, std::nullopt},
    .low_normalised = {low_normalised, over_layer_energy, softening, std::nullopt},
    .high = {high, nullptr, softening, std::nullopt},
};

}  // namespace caloscope
