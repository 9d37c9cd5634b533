#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/samples/geometry.h"
#include "core/samples/layer_moments.h"
#include "core/samples/shower_column.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// A scalar feature NAME, one NAME_LAYER of each layer, or, with ranks, one NAME_RANK_LAYER of each of the brightest voxels
/// of each layer; its columns are neighbours. There is no default, so that nothing can be forgotten.
struct ScalarFeature {
  const char* name;
  Over over;
  std::uint32_t ranks;  ///< 0: none
  ShowerValue value;

  constexpr ScalarFeature(const char* its_name, Over taken_over, ShowerValue its_value)
      : ScalarFeature(its_name, taken_over, 0, its_value) {}
  constexpr ScalarFeature(const char* its_name, Over taken_over, std::uint32_t its_ranks, ShowerValue its_value)
      : name(its_name), over(taken_over), ranks(its_ranks), value(its_value) {}
};

/// Turns the energies of hits into voxel features; `layers` is memory to work in.
using VoxelScale = void (*)(const Geometry& geometry, double incident_energy, Hits& hits,
                            std::vector<LayerMoments>& layers);

/// One feature set.
struct FeatureDefinition {
  std::span<const ScalarFeature> scalars;  ///< in the order of the columns
  VoxelScale voxels;                       ///< nullptr: the set has no voxel features
  double softening;                        ///< MeV, see Spread
  std::optional<double> highest_voxel;     ///< MeV; voxels are held to 0 … this before the scalars are taken
  bool grouped = false;                    ///< whether detectors of very many voxels have a column for several, see VoxelGroups
};

/// The feature sets of one publication.
struct FeatureDefinitions {
  FeatureDefinition low, low_normalised, high;
};

extern const FeatureDefinitions calochallenge_features;
extern const FeatureDefinitions calogan_features;

/// Of any geometry, not published: see FeatureSet.
extern const FeatureDefinition full_features;

/// E_voxel / E_inc.
void over_incident_energy(const Geometry& geometry, double incident_energy, Hits& hits, std::vector<LayerMoments>& layers);

/// log10(x + 1e-8), the published guard against empty layers; a sum below zero (negative voxels) counts as empty.
double soft_log10(double x);

}  // namespace caloscope
