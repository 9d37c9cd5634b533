#include "core/samples/feature_set.h"

#include <algorithm>
#include <cmath>

#include "core/run/error.h"

namespace caloscope {
namespace {

constexpr double mev_per_gev = 1e3;
constexpr double calogan_voxel_unit = 1e5;  // MeV: 100 GeV
constexpr double logarithm_floor = -8;      // of an empty shower, where log10(0) is published
constexpr std::uint32_t brightest_voxels = 5;

std::uint32_t angular_layers(const Geometry& geometry) {
  return static_cast<std::uint32_t>(std::count(geometry.angular.begin(), geometry.angular.end(), std::uint8_t{1}));
}

std::uint32_t count_scalars(FeatureSetName set, const Geometry& geometry) {
  const std::uint32_t layers = geometry.layers();
  if (geometry.family == Geometry::Family::calogan) return set == FeatureSetName::high ? 41 : 1 + layers;
  switch (set) {
    case FeatureSetName::low: return 1;
    case FeatureSetName::low_normalised: return 1 + layers;
    case FeatureSetName::high: return 2 + 4 * layers + 4 * angular_layers(geometry);
  }
  throw Error(ErrorCode::argument, "unknown feature set");
}

/// log10(x + 1e-8), the published guard against empty layers; a sum below zero (negative voxels) counts as empty.
double soft_log10(double x) { return std::log10(std::max(x, 0.0) + 1e-8); }

double ratio_or_zero(double numerator, double denominator) { return denominator == 0 ? 0 : numerator / denominator; }

/// Hands out the places of a row one after the other.
class Columns {
 public:
  explicit Columns(std::span<double> out) : out_(out) {}
  void add(double value) { out_[next_++] = value; }

 private:
  std::span<double> out_;
  std::size_t next_ = 0;
};

}  // namespace

void require_incident_energy(const ShowerTable& table, std::uint64_t row) {
  const double energy = table.incident_energies()[row];
  if (energy > 0) return;
  throw Error(ErrorCode::incident_energy, "the incident energy of shower " + std::to_string(row) + " is " +
                                              std::to_string(energy) + " MeV; the features need one above zero");
}

FeatureSet::FeatureSet(FeatureSetName set, Geometry geometry, double threshold)
    : set_(set), geometry_(std::move(geometry)), threshold_(threshold) {
  geometry_.validate();
  scalars_ = count_scalars(set, geometry_);
}

std::vector<std::string> FeatureSet::column_names() const {
  std::vector<std::string> names;
  names.reserve(columns());
  if (geometry_.family == Geometry::Family::calogan && set_ == FeatureSetName::high) {
    names = {"log10_E_0", "log10_E_1", "log10_E_2", "log10_E_tot", "log10_f_0", "log10_f_1", "log10_f_2",
             "log10_l_d", "log10_sigma_phi_0", "log10_sigma_phi_1", "log10_sigma_phi_2", "s_d", "sigma_s_d"};
    for (const char* layer : {"_0", "_1", "_2"}) {
      for (std::uint32_t i = 1; i <= brightest_voxels; ++i) {
        names.push_back("E_brightest_" + std::to_string(i) + layer);
      }
    }
    for (const char* name : {"ratio_brightest", "occupancy", "centre_phi", "centre_eta"}) {
      for (const char* layer : {"_0", "_1", "_2"}) names.push_back(std::string(name) + layer);
    }
    names.push_back("log10_E_inc");
    return names;
  }
  const auto per_layer = [&](const std::string& name, bool angular_only) {
    for (std::uint32_t l = 0; l < geometry_.layers(); ++l) {
      if (!angular_only || geometry_.angular[l]) names.push_back(name + "_" + std::to_string(geometry_.layer_id[l]));
    }
  };
  names.push_back("log10_E_inc");
  if (scalars_ > 1) per_layer("log10_E_layer", false);
  if (set_ == FeatureSetName::high) {
    for (const char* name : {"centre_eta", "centre_phi", "width_eta", "width_phi"}) per_layer(name, true);
    names.push_back("log10_E_tot");
    for (const char* name : {"sparsity", "centre_r", "width_r"}) per_layer(name, false);
  }
  for (std::uint32_t voxel = 0; voxel < voxels(); ++voxel) names.push_back("voxel_" + std::to_string(voxel));
  return names;
}

void FeatureSet::scalars_of(const ShowerTable& table, std::uint64_t row, Scratch& scratch,
                            std::span<double> out) const {
  require_incident_energy(table, row);
  const double incident_energy = table.incident_energies()[row];
  table.read(row, threshold_, scratch.hits);
  const bool calogan = geometry_.family == Geometry::Family::calogan;
  const bool high = set_ == FeatureSetName::high;
  if (calogan && high) {
    // The published high-level code, and it alone, holds voxels to 0 … 100 GeV.
    for (double& energy : scratch.hits.energy) energy = std::clamp(energy, 0.0, calogan_voxel_unit);
  }
  layer_moments(geometry_, scratch.hits, scratch.layers);
  if (high) {
    if (calogan) calogan_high(incident_energy, scratch, out);
    else calochallenge_high(incident_energy, scratch, out);
    return;
  }
  Columns columns(out);
  if (calogan) {
    columns.add(std::log10(incident_energy / mev_per_gev / 10));
    for (const auto& layer : scratch.layers) columns.add(soft_log10(layer.energy / calogan_voxel_unit) + 2);
  } else {
    columns.add(std::log10(incident_energy));
    if (set_ == FeatureSetName::low_normalised) {
      for (const auto& layer : scratch.layers) columns.add(soft_log10(layer.energy));
    }
  }
}

void FeatureSet::scale_voxels(double incident_energy, Scratch& scratch) const {
  const bool calogan = geometry_.family == Geometry::Family::calogan;
  auto& energies = scratch.hits.energy;
  if (set_ != FeatureSetName::low_normalised) {
    const double unit = calogan ? calogan_voxel_unit : incident_energy;
    for (double& energy : energies) energy /= unit;
    return;
  }
  layer_moments(geometry_, scratch.hits, scratch.layers);
  for (const auto& layer : scratch.layers) {
    for (std::size_t hit = layer.first_hit; hit < layer.end_hit; ++hit) {
      double& energy = energies[hit];
      if (calogan) energy = energy / calogan_voxel_unit / (layer.energy / calogan_voxel_unit + 1e-16);
      else energy = std::max(energy, 0.0) / (layer.energy + 1e-16);
    }
  }
}

void FeatureSet::row_of(const ShowerTable& table, std::uint64_t row, Scratch& scratch, std::span<double> out) const {
  scalars_of(table, row, scratch, out.first(scalars()));
  if (voxels() == 0) return;
  scale_voxels(table.incident_energies()[row], scratch);
  const auto voxel_columns = out.subspan(scalars());
  std::fill(voxel_columns.begin(), voxel_columns.end(), 0.0);
  for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
    voxel_columns[scratch.hits.voxel[hit]] = scratch.hits.energy[hit];
  }
}

void FeatureSet::calochallenge_high(double incident_energy, const Scratch& scratch, std::span<double> out) const {
  constexpr double softening = 1e-16;
  const auto& layers = scratch.layers;
  const std::uint32_t n = geometry_.layers();
  const std::uint32_t a = angular_layers(geometry_);
  const auto block = [&](std::size_t& first, std::size_t size) {
    first += size;
    return out.subspan(first - size, size);
  };
  std::size_t next = 0;
  block(next, 1)[0] = std::log10(incident_energy);
  const auto layer_energy = block(next, n);
  const auto centre_eta = block(next, a), centre_phi = block(next, a);
  const auto width_eta = block(next, a), width_phi = block(next, a);
  const auto total = block(next, 1);
  const auto sparsity = block(next, n);
  const auto centre_r = block(next, n), width_r = block(next, n);

  double total_energy = 0;
  std::size_t angular = 0;
  for (std::uint32_t l = 0; l < n; ++l) {
    const auto& layer = layers[l];
    total_energy += layer.energy;
    layer_energy[l] = soft_log10(layer.energy);
    sparsity[l] = 1 - static_cast<double>(layer.lit) / layer.voxels;
    const auto radial = spread(scratch.hits, layer, geometry_.radius, softening);
    centre_r[l] = radial.centre / 100;
    width_r[l] = radial.width / 100;
    if (!geometry_.angular[l]) continue;
    const auto eta = spread(scratch.hits, layer, geometry_.eta, softening);
    const auto phi = spread(scratch.hits, layer, geometry_.phi, softening);
    centre_eta[angular] = eta.centre / 100;
    centre_phi[angular] = phi.centre / 100;
    width_eta[angular] = eta.width / 100;
    width_phi[angular] = phi.width / 100;
    ++angular;
  }
  total[0] = soft_log10(total_energy);
}

/// log10 of layer energies and total (GeV), of layer fractions, of the depth-weighted energy l_d = E1 + 2 E2 (MeV) and
/// of the lateral widths in phi (mm); depth s_d = l_d / E and its width; ten times the five brightest voxels of a
/// layer over its energy; (v1 − v2)/(v1 + v2); share of voxels above zero; centres in phi and eta / 100 mm;
/// log10(E_inc / 10 GeV).
void FeatureSet::calogan_high(double incident_energy, Scratch& scratch, std::span<double> out) const {
  constexpr double softening = 1e-8;
  const auto& layers = scratch.layers;
  Columns columns(out);
  const double total = layers[0].energy + layers[1].energy + layers[2].energy;
  for (const auto& layer : layers) columns.add(soft_log10(layer.energy / mev_per_gev));
  columns.add(total > 0 ? std::log10(total / mev_per_gev) : logarithm_floor);
  for (const auto& layer : layers) columns.add(soft_log10(ratio_or_zero(layer.energy, total)));
  const double depth_weighted = layers[1].energy + 2 * layers[2].energy;
  columns.add(soft_log10(depth_weighted));
  Spread phi[3], eta[3];
  for (int l = 0; l < 3; ++l) {
    phi[l] = spread(scratch.hits, layers[static_cast<std::size_t>(l)], geometry_.phi, softening);
    eta[l] = spread(scratch.hits, layers[static_cast<std::size_t>(l)], geometry_.eta, softening);
    columns.add(soft_log10(phi[l].width));
  }
  const double depth = ratio_or_zero(depth_weighted, total);
  double depth_variance = 0;
  for (int l = 0; l < 3; ++l) {
    depth_variance += (l - depth) * (l - depth) * ratio_or_zero(layers[static_cast<std::size_t>(l)].energy, total);
  }
  columns.add(depth);
  columns.add(std::sqrt(depth_variance));

  auto& brightest = scratch.brightest;
  double two_brightest[3];
  for (std::size_t l = 0; l < 3; ++l) {
    const auto& layer = layers[l];
    brightest.assign(scratch.hits.energy.begin() + static_cast<std::ptrdiff_t>(layer.first_hit),
                     scratch.hits.energy.begin() + static_cast<std::ptrdiff_t>(layer.end_hit));
    brightest.resize(std::max<std::size_t>(brightest.size(), brightest_voxels), 0.0);
    std::partial_sort(brightest.begin(), brightest.begin() + brightest_voxels, brightest.end(), std::greater<>());
    for (std::uint32_t i = 0; i < brightest_voxels; ++i) {
      columns.add(10 * (brightest[i] / (layer.energy + 1e-16)));
    }
    two_brightest[l] = (brightest[0] - brightest[1]) / (brightest[0] + brightest[1] + 1e-16);
  }
  for (const double ratio : two_brightest) columns.add(ratio);
  for (const auto& layer : layers) {
    // Above the cut: a voxel exactly at it keeps its energy but does not count here, as published.
    const auto first = scratch.hits.energy.begin() + static_cast<std::ptrdiff_t>(layer.first_hit);
    const auto end = scratch.hits.energy.begin() + static_cast<std::ptrdiff_t>(layer.end_hit);
    const auto lit = std::count_if(first, end, [&](double energy) { return energy > std::max(threshold_, 0.0); });
    columns.add(static_cast<double>(lit) / layer.voxels);
  }
  for (const auto& coordinate : phi) columns.add(coordinate.centre / 100);
  for (const auto& coordinate : eta) columns.add(coordinate.centre / 100);
  columns.add(std::log10(incident_energy / mev_per_gev / 10));
}

}  // namespace caloscope
