#include "core/samples/observables.h"

#include <algorithm>
#include <cmath>

#include "core/run/error.h"
#include "core/samples/layer_moments.h"

namespace caloscope {
namespace {

constexpr double softening = 1e-16;  // MeV, as in CaloChallenge's high-level features

void add_global(const Geometry& geometry, double incident_energy, const Hits& hits,
                const std::vector<LayerMoments>& layers, std::vector<double>& values) {
  double total = 0, first = 0, lit = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    total += layers[l].energy;
    first += static_cast<double>(l) * layers[l].energy;
    lit += layers[l].lit;
  }
  const double depth = first / (total + softening);
  double second = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const double distance = static_cast<double>(l) - depth;
    second += distance * distance * layers[l].energy;
  }
  const auto brightest = std::max_element(hits.energy.begin(), hits.energy.end());
  values.push_back(incident_energy);
  values.push_back(total);
  values.push_back(total / incident_energy);
  values.push_back(depth);
  values.push_back(std::sqrt(std::max(0.0, second / (total + softening))));
  values.push_back(lit / geometry.voxels());
  values.push_back(brightest == hits.energy.end() ? 0 : *brightest / (total + softening));
}

void add_layer(const Geometry& geometry, std::uint32_t l, const Hits& hits, const LayerMoments& layer,
               std::vector<double>& values) {
  const auto radial = spread(hits, layer, geometry.radius, softening);
  values.push_back(layer.energy);
  values.push_back(static_cast<double>(layer.lit) / layer.voxels);
  values.push_back(radial.centre);
  values.push_back(radial.width);
  if (!geometry.angular[l]) return;
  const auto eta = spread(hits, layer, geometry.eta, softening);
  const auto phi = spread(hits, layer, geometry.phi, softening);
  values.insert(values.end(), {eta.centre, phi.centre, eta.width, phi.width});
}

}  // namespace

std::vector<std::string> observable_names(const Geometry& geometry) {
  std::vector<std::string> names{"incident_energy", "deposited_energy", "energy_ratio",      "depth",
                                 "depth_width",     "occupancy",        "brightest_fraction"};
  for (std::uint32_t l = 0; l < geometry.layers(); ++l) {
    const std::string suffix = "_" + std::to_string(geometry.layer_id[l]);
    for (const char* name : {"layer_energy", "layer_occupancy", "centre_r", "width_r"}) names.push_back(name + suffix);
    if (!geometry.angular[l]) continue;
    for (const char* name : {"centre_eta", "centre_phi", "width_eta", "width_phi"}) names.push_back(name + suffix);
  }
  return names;
}

std::vector<double> observables(const ShowerTable& showers, const Geometry& geometry, double threshold,
                                std::span<const std::uint32_t> chosen, const TileRunner& run_tiles,
                                const JobControl& control) {
  geometry.validate();
  const auto count = observable_names(geometry).size();
  if (showers.voxels() != geometry.voxels()) {
    throw Error(ErrorCode::shape, "the showers do not have the voxels of the geometry");
  }
  for (const auto index : chosen) {
    if (index >= count) throw Error(ErrorCode::argument, "no observable has the number " + std::to_string(index));
  }
  const std::uint64_t rows = showers.rows();
  std::vector<double> result(chosen.size() * rows);
  run_tiles((rows + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
    std::vector<double> values;
    values.reserve(count);
    Hits hits;
    std::vector<LayerMoments> layers;
    for (std::uint64_t row = tile * shower_tile; row < std::min<std::uint64_t>(rows, (tile + 1) * shower_tile); ++row) {
      if (row % 128 == 0) control.check();
      showers.read(row, threshold, hits);
      layer_moments(geometry, hits, layers);
      values.clear();
      add_global(geometry, showers.incident_energies()[row], hits, layers, values);
      for (std::uint32_t l = 0; l < geometry.layers(); ++l) add_layer(geometry, l, hits, layers[l], values);
      for (std::size_t i = 0; i < chosen.size(); ++i) result[i * rows + row] = values[chosen[i]];
    }
  });
  return result;
}

}  // namespace caloscope
