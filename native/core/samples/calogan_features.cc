#include <algorithm>
#include <cmath>

#include "core/samples/feature_definition.h"

namespace caloscope {
namespace {

constexpr double mev_per_gev = 1e3;
constexpr double voxel_unit = 1e5;       // MeV: 100 GeV
constexpr double incident_unit = 10;     // GeV
constexpr double softening = 1e-8;       // MeV
constexpr double length_unit = 100;      // mm
constexpr double logarithm_floor = -8;   // of an empty shower, where log10(0) is published
constexpr double ratio_softening = 1e-16;

using Shower = ShowerMoments;
using enum Coordinate;

double ratio_or_zero(double numerator, double denominator) { return denominator == 0 ? 0 : numerator / denominator; }

/// l_d = E_1 + 2 E_2, MeV.
double depth_weighted(Shower& shower) { return shower.layer(1).energy + 2 * shower.layer(2).energy; }

/// s_d = l_d / E.
double depth(Shower& shower) { return ratio_or_zero(depth_weighted(shower), shower.deposited_energy()); }

double depth_width(Shower& shower) {
  const double mean = depth(shower);
  double variance = 0;
  for (std::uint32_t l = 0; l < 3; ++l) {
    variance += (l - mean) * (l - mean) * ratio_or_zero(shower.layer(l).energy, shower.deposited_energy());
  }
  return std::sqrt(variance);
}

/// (E_1 − E_2)/(E_1 + E_2) of the two brightest voxels of a layer.
double brightest_ratio(Shower& shower, Place at) {
  const auto energy = shower.brightest(at.layer);
  return (energy[0] - energy[1]) / (energy[0] + energy[1] + ratio_softening);
}

/// Share of voxels above the cut: one exactly at it keeps its energy but does not count here, as published.
double occupancy(Shower& shower, Place at) {
  const auto& layer = shower.layer(at.layer);
  const auto& energy = shower.hits().energy;
  const auto first = energy.begin() + static_cast<std::ptrdiff_t>(layer.first_hit);
  const auto end = energy.begin() + static_cast<std::ptrdiff_t>(layer.end_hit);
  const double cut = std::max(shower.threshold(), 0.0);
  return static_cast<double>(std::count_if(first, end, [=](double voxel) { return voxel > cut; })) / layer.voxels;
}

constexpr ScalarFeature log_incident_energy{
    "log10_E_inc", Over::shower,
    [](Shower& s, Place) { return std::log10(s.incident_energy() / mev_per_gev / incident_unit); }};

constexpr ScalarFeature low[] = {
    log_incident_energy,
    {"log10_E_layer", Over::layers,
     [](Shower& s, Place at) { return soft_log10(s.layer(at.layer).energy / voxel_unit) + 2; }},
};

// Energies in GeV, but l_d in MeV; widths in mm, centres in 100 mm.
constexpr ScalarFeature high[] = {
    {"log10_E", Over::layers, [](Shower& s, Place at) { return soft_log10(s.layer(at.layer).energy / mev_per_gev); }},
    {"log10_E_tot", Over::shower,
     [](Shower& s, Place) {
       return s.deposited_energy() > 0 ? std::log10(s.deposited_energy() / mev_per_gev) : logarithm_floor;
     }},
    {"log10_f", Over::layers,
     [](Shower& s, Place at) { return soft_log10(ratio_or_zero(s.layer(at.layer).energy, s.deposited_energy())); }},
    {"log10_l_d", Over::shower, [](Shower& s, Place) { return soft_log10(depth_weighted(s)); }},
    {"log10_sigma_phi", Over::layers, [](Shower& s, Place at) { return soft_log10(s.spread(phi, at.layer).width); }},
    {"s_d", Over::shower, [](Shower& s, Place) { return depth(s); }},
    {"sigma_s_d", Over::shower, [](Shower& s, Place) { return depth_width(s); }},
    {"E_brightest", Over::layers, Shower::brightest_voxels,
     [](Shower& s, Place at) {
       return 10 * (s.brightest(at.layer)[at.rank] / (s.layer(at.layer).energy + ratio_softening));
     }},
    {"ratio_brightest", Over::layers, brightest_ratio},
    {"occupancy", Over::layers, occupancy},
    {"centre_phi", Over::layers, [](Shower& s, Place at) { return s.spread(phi, at.layer).centre / length_unit; }},
    {"centre_eta", Over::layers, [](Shower& s, Place at) { return s.spread(eta, at.layer).centre / length_unit; }},
    log_incident_energy,
};

void in_voxel_units(const Geometry&, double, Hits& hits, std::vector<LayerMoments>&) {
  for (double& energy : hits.energy) energy /= voxel_unit;
}

void over_layer_energy(const Geometry& geometry, double, Hits& hits, std::vector<LayerMoments>& layers) {
  layer_moments(geometry, hits, layers);
  for (const auto& layer : layers) {
    for (std::size_t hit = layer.first_hit; hit < layer.end_hit; ++hit) {
      hits.energy[hit] = hits.energy[hit] / voxel_unit / (layer.energy / voxel_unit + ratio_softening);
    }
  }
}

}  // namespace

constexpr FeatureDefinitions calogan_features{
    .low = {low, in_voxel_units, softening, std::nullopt},
    .low_normalised = {low, over_layer_energy, softening, std::nullopt},
    // The published high-level code, and it alone, holds voxels to 0 … 100 GeV.
    .high = {high, nullptr, softening, voxel_unit},
};

}  // namespace caloscope
