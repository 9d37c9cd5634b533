#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/random.h"
#include "core/toys/toy_distortion.h"
#include "core/toys/toy_geometry.h"
#include "core/toys/toy_profile.h"

namespace caloscope {

/// What a toy shower has beside its voxels.
struct ToyShower {
  double incident_energy;          ///< MeV, a number that float32 holds
  std::array<float, 3> overflow;   ///< MeV beside the face, for each section (calogan: each layer)
  double log_density_ratio;        ///< ln p_ref/p_gen, exact, when the distortion has one; 0 otherwise
};

/// Parametrised electromagnetic showers after Grindhammer and Peters, hep-ex/0001020: a gamma-distributed longitudinal
/// profile with correlated fluctuations of ln T and ln α, a two-component radial profile that depends on depth, energy
/// spots thrown from both. TOYS, for tests, examples and closure: they look like showers, but no
/// number of them may be quoted for a detector.
///
/// Left out: everything before and at the shower's start (a photon's late conversion, material in front), hadronic
/// interactions, particles other than e±, the correction of profiles for the sampling structure, low-energy photons and
/// neutrons far away, leakage other than what the profiles lose at the back and beside the face, incidence under an
/// angle or off centre, magnetic fields, gaps, cross-talk, electronics, pile-up. Total response and profile fluctuate
/// independently. The r² tail is cut at a radius.
///
/// Shower i of a seed depends on (seed, i) alone.
class ToyCalorimeter {
 public:
  /// Memory of one thread, to be used for one shower after the other.
  struct Scratch {
    std::vector<double> voxels, smoothing, shares;
  };

  /// With `distorted` false the showers are those of the undistorted simulation bit by bit; the distortion then only
  /// says whether (and for which generated sample) log_density_ratio is filled. Distorted showers use other random
  /// numbers than undistorted ones of the same seed: samples that share them would not be independent, and a classifier
  /// would recognise the pairs. Throws Error(argument) for a strength outside its range.
  ToyCalorimeter(ToyGeometryName geometry, std::uint64_t seed, Distortion distortion, bool distorted);

  const ToyGeometry& geometry() const { return geometry_; }
  const Distortion& distortion() const { return distortion_; }
  Scratch scratch() const;

  /// Shower number `index` into `voxels` (as many as the geometry has; MeV).
  ToyShower make(std::uint64_t index, std::span<float> voxels, Scratch& scratch) const;

 private:
  struct Throw;  ///< one shower while it is made

  double incident_energy(RandomStream& random) const;
  double response(double energy, RandomStream& random) const;
  void throw_spots(Throw& shower, std::size_t slice, RandomStream& random, Scratch& scratch) const;
  void fill_section(Throw& shower, std::size_t section, double energy, Scratch& scratch) const;
  void distort_voxels(Scratch& scratch, RandomStream& random) const;

  const ToyGeometry& geometry_;
  Distortion distortion_;
  Distortion applied_;  ///< the distortion, or none
  std::uint64_t key_;
  std::array<std::size_t, toy_sections + 1> section_voxels_;  ///< first voxel of each section, and the end
  std::array<std::size_t, toy_sections + 1> section_slices_;
  std::vector<std::uint8_t> dead_;
};

}  // namespace caloscope
