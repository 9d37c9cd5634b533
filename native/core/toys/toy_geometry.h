#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/toys/toy_profile.h"

namespace caloscope {

/// The calorimeters that toy showers can be made for.
enum class ToyGeometryName { calogan, ds2 };

constexpr std::string_view name_of(ToyGeometryName name) {
  switch (name) {
    case ToyGeometryName::calogan: return "calogan";
    case ToyGeometryName::ds2: return "ds2";
  }
  return {};
}

/// One layer as a grid of voxels; voxel = first_voxel + row * columns + column.
struct ToyLayer {
  std::size_t first_voxel;
  std::size_t rows;     ///< calogan: φ; ds2: bins in the azimuth α, from -π
  std::size_t columns;  ///< calogan: η; ds2: bins in r
};

/// A slab of a layer that is thin enough to have one radial profile.
struct ToySlice {
  std::size_t layer;
  double middle;  ///< depth in radiation lengths
};

/// A toy calorimeter: layout of the published files, materials, and the free numbers of the toy.
struct ToyGeometry {
  ToyGeometryName name;
  ShowerMedium medium;
  std::vector<ToyLayer> layers;
  /// Section of each layer. There are three; the energy of a section follows the longitudinal profile exactly, see
  /// toy_distortion.h for why.
  std::vector<std::size_t> section_of_layer;
  std::vector<ToySlice> slices;
  std::vector<double> slice_edges;  ///< depths in radiation lengths, one more than slices
  std::size_t voxels;

  bool cylindrical;    ///< rows are azimuth bins (periodic), columns are bins in r
  double half_width;   ///< mm: calogan, the face is ±half_width in η and φ; ds2, the outer radius
  double largest_radius;  ///< of an energy spot, in Molière radii: the r² tail is cut there

  double lowest_energy, highest_energy;  ///< of the incident particle, MeV
  bool logarithmic_energies;             ///< uniform in ln E in place of E
  double threshold;                      ///< MeV: voxels below are read out as 0

  /// Response = visible / deposited energy: calogan 1 - L with ln L normal (energy lost to neutrinos, neutrons and
  /// backscattering); ds2 log-normal with mean 1 and σ² = stochastic²·GeV/E + constant².
  double median_loss, sigma_ln_loss;
  double stochastic, constant;

  /// Mean number of energy spots of a slice with energy e: spots_at_1_GeV (e/GeV)^spots_power.
  double spots_at_1_GeV, spots_power;
  /// Share of the spots that are thrown in the tail component (with less energy each than its true share asks for
  /// otherwise), so that the sparse halo is finely grained.
  double tail_spots;
};

inline constexpr std::size_t toy_sections = 3;

const ToyGeometry& toy_geometry(ToyGeometryName name);

}  // namespace caloscope
