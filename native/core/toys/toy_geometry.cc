#include "core/toys/toy_geometry.h"

#include <cmath>

namespace caloscope {
namespace {

/// One material of a stack.
struct Material {
  double thickness_mm, density, z, a;  // density in g/cm³
  double radiation_length;             // g/cm²
};

/// Effective numbers of a stack of materials, hep-ex/0001020 section 3: mass-weighted Z and A, 1/X0 = Σ w/X0,
/// Ec = X0 Σ w Ec_i/X0_i and 1/R_M = Σ w (Ec_i/X0_i) / E_s with E_s = 21.2 MeV, Ec_i = 2.66 (X0_i Z_i/A_i)^1.1 MeV.
ShowerMedium stack(const Material& absorber, const Material& active) {
  const double absorber_mass = absorber.thickness_mm * absorber.density;
  const double active_mass = active.thickness_mm * active.density;
  const double mass = absorber_mass + active_mass;
  const double density = mass / (absorber.thickness_mm + active.thickness_mm);
  double z = 0, inverse_x0 = 0, loss = 0;
  for (const Material& m : {absorber, active}) {
    const double w = m.thickness_mm * m.density / mass;
    z += w * m.z;
    inverse_x0 += w / m.radiation_length;
    loss += w * 2.66 * std::pow(m.radiation_length * m.z / m.a, 1.1) / m.radiation_length;
  }
  constexpr double mm_per_cm = 10;
  constexpr double scale_energy = 21.2;
  return {.z = z,
          .critical_energy = loss / inverse_x0,
          .radiation_length_mm = mm_per_cm / (inverse_x0 * density),
          .moliere_radius_mm = mm_per_cm * scale_energy / (loss * density)};
}

// Atomic and nuclear properties: Particle Data Group.
constexpr Material lead{.thickness_mm = 2, .density = 11.35, .z = 82, .a = 207.2, .radiation_length = 6.37};
constexpr Material argon{.thickness_mm = 4, .density = 1.396, .z = 18, .a = 39.95, .radiation_length = 19.55};
constexpr Material tungsten{.thickness_mm = 1.4, .density = 19.3, .z = 74, .a = 183.84, .radiation_length = 6.76};
constexpr Material silicon{.thickness_mm = 0.3, .density = 2.329, .z = 14, .a = 28.085, .radiation_length = 21.82};

/// Adds a layer of `thickness` radiation lengths in `count` slices of equal thickness.
void add_layer(ToyGeometry& geometry, std::size_t rows, std::size_t columns, double thickness, std::size_t count,
               std::size_t section) {
  const std::size_t layer = geometry.layers.size();
  geometry.layers.push_back({geometry.voxels, rows, columns});
  geometry.section_of_layer.push_back(section);
  geometry.voxels += rows * columns;
  const double start = geometry.slice_edges.back();
  for (std::size_t i = 1; i <= count; ++i) {
    const double step = thickness / static_cast<double>(count);
    geometry.slices.push_back({layer, start + (static_cast<double>(i) - 0.5) * step});
    geometry.slice_edges.push_back(start + static_cast<double>(i) * step);
  }
}

/// CaloGAN (Paganini, de Oliveira, Nachman, arXiv:1712.10321): 90, 347 and 43 mm of lead and liquid argon, 2 and 4 mm
/// each in turn, hence X0 = 15.6 mm; cells 5 x 160, 40 x 40 and 80 x 40 mm (η x φ). Energy is counted in lead and
/// argon, so there are no sampling fluctuations. The free numbers were chosen so that layer shares, widths, occupancy,
/// response and energy beside the face come near those of published Geant4 showers.
ToyGeometry make_calogan() {
  ToyGeometry geometry{};
  geometry.name = ToyGeometryName::calogan;
  geometry.medium = stack(lead, argon);
  geometry.slice_edges = {0};
  const double x0 = geometry.medium.radiation_length_mm;
  add_layer(geometry, 3, 96, 90 / x0, 6, 0);
  add_layer(geometry, 12, 12, 347 / x0, 14, 1);
  add_layer(geometry, 12, 6, 43 / x0, 2, 2);
  geometry.cylindrical = false;
  geometry.half_width = 240;
  geometry.largest_radius = 8;
  geometry.lowest_energy = 1e3;
  geometry.highest_energy = 100e3;
  geometry.logarithmic_energies = false;
  geometry.threshold = 0;
  geometry.median_loss = 0.0048;
  geometry.sigma_ln_loss = 0.45;
  geometry.spots_at_1_GeV = 135;
  geometry.spots_power = 0.6;
  geometry.tail_spots = 0.7;
  return geometry;
}

/// CaloChallenge dataset 2: 45 layers, each two times 1.4 mm tungsten and 0.3 mm silicon, hence 0.81 X0; 9 bins in r of
/// 4.65 mm and 16 in α. Threshold: 0.5 keV over the sampling fraction 0.033. The free numbers give 22 % of the voxels
/// some energy.
ToyGeometry make_ds2() {
  ToyGeometry geometry{};
  geometry.name = ToyGeometryName::ds2;
  geometry.medium = stack(tungsten, silicon);
  geometry.slice_edges = {0};
  const double thickness = 2 * (tungsten.thickness_mm + silicon.thickness_mm) / geometry.medium.radiation_length_mm;
  for (std::size_t layer = 0; layer < 45; ++layer) {
    add_layer(geometry, 16, 9, thickness, 1, layer < 8 ? 0 : layer < 15 ? 1 : 2);
  }
  geometry.cylindrical = true;
  geometry.half_width = 9 * 4.65;
  geometry.largest_radius = 8.5;
  geometry.lowest_energy = 1e3;
  geometry.highest_energy = 1e6;
  geometry.logarithmic_energies = true;
  geometry.threshold = 0.5e-3 / 0.033;
  geometry.stochastic = 0.16;
  geometry.constant = 0.01;
  geometry.spots_at_1_GeV = 75;
  geometry.spots_power = 0.65;
  geometry.tail_spots = 0.6;
  return geometry;
}

}  // namespace

const ToyGeometry& toy_geometry(ToyGeometryName name) {
  static const ToyGeometry calogan = make_calogan();
  static const ToyGeometry ds2 = make_ds2();
  return name == ToyGeometryName::calogan ? calogan : ds2;
}

}  // namespace caloscope
