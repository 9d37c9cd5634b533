#pragma once

#include "core/samples/shower_column.h"
#include "core/samples/shower_moments.h"

namespace caloscope {

/// What observables and feature sets share: one definition each. Energies in MeV, lengths in the unit of the geometry; sums
/// hold negative voxels too. Divisions by a deposited energy E are divisions by E + `empty_softening`.
inline constexpr double empty_softening = 1e-16;  // MeV, as in CaloChallenge's high-level features

double energy_ratio(ShowerMoments& shower);  ///< deposited over incident

/// Mean and standard deviation of the layer number (0, 1, …) weighted with energy; no root of what is below zero.
double depth(ShowerMoments& shower);
double depth_width(ShowerMoments& shower);

/// Voxels above zero.
double lit_voxels(ShowerMoments& shower);

/// The energy of the brightest voxel over that of all.
double brightest_fraction(ShowerMoments& shower);

template <Coordinate coordinate>
double centre(ShowerMoments& shower, Place at) {
  return shower.spread(coordinate, at.layer).centre;
}

template <Coordinate coordinate>
double width(ShowerMoments& shower, Place at) {
  return shower.spread(coordinate, at.layer).width;
}

}  // namespace caloscope
