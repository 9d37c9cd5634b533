#pragma once

#include <span>
#include <vector>

#include "core/samples/geometry.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// What the hits of one layer of one shower amount to. Energies in MeV, lengths in the unit of the geometry.
struct LayerMoments {
  double energy = 0;         ///< sum of all hits, negative ones too
  std::uint32_t lit = 0;     ///< voxels above zero
  std::uint32_t voxels = 0;  ///< voxels of the layer
  std::size_t first_hit = 0, end_hit = 0;  ///< the layer's hits in the shower's list
};

/// First and second moment of a coordinate x over the hits of a layer: centre = Σ xE / D and
/// width = √max(0, Σ x²E / D − centre²) with D = ΣE + softening. The variance is summed about the centre, because
/// the difference of the two large terms loses up to half the digits.
struct Spread {
  double centre = 0;
  double width = 0;
};

/// √variance of hits about `centre`; 0 where that is but rounding, or the softening, of hits that lie in one place: no width that is
/// measured is ten million times smaller than its place.
double width_of(double variance, double centre);

/// Sums of every layer; `layers` gets one entry a layer of the geometry.
void layer_moments(const Geometry& geometry, const Hits& hits, std::vector<LayerMoments>& layers);

/// `position` has one entry a voxel; `softening` in MeV is the published guard against empty layers.
Spread spread(const Hits& hits, const LayerMoments& layer, std::span<const double> position, double softening);

}  // namespace caloscope
