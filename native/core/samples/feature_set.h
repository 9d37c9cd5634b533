#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/samples/geometry.h"
#include "core/samples/layer_moments.h"
#include "core/samples/shower_column.h"
#include "core/samples/shower_moments.h"
#include "core/samples/shower_table.h"
#include "core/samples/voxel_groups.h"

namespace caloscope {

/// Which numbers of a shower a classifier sees.
enum class FeatureSetName { full, low, low_normalised, high };

constexpr std::string_view name_of(FeatureSetName set) {
  switch (set) {
    case FeatureSetName::full: return "full";
    case FeatureSetName::low: return "low";
    case FeatureSetName::low_normalised: return "low-normalised";
    case FeatureSetName::high: return "high";
  }
  return {};
}

/// Throws Error(incident_energy) where the incident energy of a shower is not above zero.
void require_incident_energy(const ShowerTable& table, std::uint64_t row);

struct FeatureDefinition;

/// A feature set of one geometry: turns the hits of a shower into numbers. The columns are the scalar features
/// first, then (full, low, low_normalised) one a voxel, or of `full` one a group where a detector has very many: see VoxelGroups.
///
/// Any geometry (not published; energies in MeV, lengths in the unit of the geometry):
///   full            log10 E_inc, log10(E_dep + 1), E_dep / E_inc, mean and standard deviation of the layer number, log10(1 +
///                   hits), E_brightest / E_dep, of each layer, where there are several, log10(E_layer + 1), E_layer / E_dep,
///                   log10(1 + hits), E_brightest / E_layer, and of each layer centre r, width r and, where it is angular,
///                   centre eta, centre phi, width eta, width phi | E_voxel / E_inc
///                   Means are those of observables.cc; what is over or weighted with an energy that is not above zero is 0,
///                   and where voxels are negative, shares stay within 0 … 1 and means within the layers or the layer.
///
/// The others are, apart from the order of the columns, published ones.
///
/// CaloChallenge and plain grids (D = E_layer + 1e-16 MeV, lengths / 100, energies in MeV):
///   low             log10 E_inc | E_voxel / E_inc
///   low_normalised  log10 E_inc, log10(E_layer + 1e-8) … | max(E_voxel, 0) / D
///   high            log10 E_inc, log10(E_layer + 1e-8) …, centre eta …, centre phi …, width eta …, width phi …
///                   (angular layers), log10(E_tot + 1e-8), sparsity …, centre r …, width r …
/// CaloGAN, as in the code of arXiv:2305.16774:
///   low             log10(E_inc / 10 GeV), log10(E_layer / 100 GeV + 1e-8) + 2 … | E_voxel / 100 GeV
///   low_normalised  the same scalars | (E_voxel / 100 GeV) / (E_layer / 100 GeV + 1e-16)
///   high            41 columns, see calogan_features.cc
///
/// Voxels below the threshold count as zero everywhere. (The published code of `low-normed` cuts the layer sums
/// but not the voxels.) Where the published value of an empty shower is not finite, it is −8 for a logarithm and 0
/// otherwise.
class FeatureSet {
 public:
  /// `threshold` in MeV; −infinity for none. Throws Error(shape) for an unsound geometry.
  FeatureSet(FeatureSetName set, Geometry geometry, double threshold);

  double threshold() const { return threshold_; }
  const Geometry& geometry() const { return geometry_; }
  std::uint32_t scalars() const { return static_cast<std::uint32_t>(scalars_.size()); }
  /// Columns of voxels or of their groups.
  std::uint32_t voxels() const;
  std::uint32_t columns() const { return scalars() + voxels(); }

  /// One name a column.
  std::vector<std::string> column_names() const;

  /// What the scalar features of showers of the table are made of; keeps references to the table and to this.
  ShowerMoments moments_of(const ShowerTable& table) const;

  /// The scalar features of the selected shower, whose incident energy is above zero.
  void scalars_of(ShowerMoments& shower, std::span<double> out) const;

  /// Memory that is reused from shower to shower; one a thread.
  struct Scratch {
    Hits hits;
    std::vector<LayerMoments> layers;
  };

  /// Reads shower `row` and leaves its voxel features, of a set that has them, in `scratch.hits`.
  void voxels_of(const ShowerTable& table, std::uint64_t row, Scratch& scratch) const;

  /// All columns of shower `row` of `moments_of(table)`, zeros included. Throws as require_incident_energy.
  void row_of(ShowerMoments& shower, std::uint64_t row, Scratch& scratch, std::span<double> out) const;

 private:
  struct Column {
    std::string name;
    PlacedValue value;
  };

  const FeatureDefinition& definition_;
  Geometry geometry_;
  double threshold_;
  std::vector<Column> scalars_;
  VoxelGroups groups_;
};

}  // namespace caloscope
