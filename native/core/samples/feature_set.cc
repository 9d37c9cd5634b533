#include "core/samples/feature_set.h"

#include <algorithm>
#include <cmath>

#include "core/run/error.h"
#include "core/samples/feature_definition.h"

namespace caloscope {
namespace {

const FeatureDefinitions& definitions_of(Geometry::Definitions name) {
  switch (name) {
    case Geometry::Definitions::calochallenge: return calochallenge_features;
    case Geometry::Definitions::calogan: return calogan_features;
  }
  throw Error(ErrorCode::argument, "unknown definitions of feature sets");
}

const FeatureDefinition& definition_of(FeatureSetName set, Geometry::Definitions name) {
  const auto& definitions = definitions_of(name);
  switch (set) {
    case FeatureSetName::full: return full_features;
    case FeatureSetName::low: return definitions.low;
    case FeatureSetName::low_normalised: return definitions.low_normalised;
    case FeatureSetName::high: return definitions.high;
  }
  throw Error(ErrorCode::argument, "unknown feature set");
}

}  // namespace

double soft_log10(double x) { return std::log10(std::max(x, 0.0) + 1e-8); }

void over_incident_energy(const Geometry&, double incident_energy, Hits& hits, std::vector<LayerMoments>&) {
  for (double& energy : hits.energy) energy /= incident_energy;
}

void require_incident_energy(const ShowerTable& table, std::uint64_t row) {
  const double energy = table.incident_energies()[row];
  if (energy > 0) return;
  throw Error(ErrorCode::incident_energy, "the incident energy of shower " + std::to_string(row) + " is " +
                                              std::to_string(energy) + " MeV; the features need one above zero");
}

FeatureSet::FeatureSet(FeatureSetName set, Geometry geometry, double threshold)
    : definition_(definition_of(set, geometry.definitions)),
      geometry_(std::move(geometry)),
      threshold_(threshold),
      groups_(geometry_, definition_.grouped ? VoxelGroups::usual : VoxelGroups::none) {
  geometry_.validate();
  for (const auto& feature : definition_.scalars) {
    for_each_layer(feature.over, geometry_, [&](std::uint32_t layer) {
      const std::string suffix =
          feature.over == Over::shower ? "" : "_" + std::to_string(geometry_.layer_id[layer]);
      if (feature.ranks == 0) scalars_.push_back({feature.name + suffix, {feature.value, {layer}}});
      for (std::uint32_t rank = 0; rank < feature.ranks; ++rank) {
        scalars_.push_back({feature.name + ("_" + std::to_string(rank + 1)) + suffix, {feature.value, {layer, rank}}});
      }
    });
  }
}

std::uint32_t FeatureSet::voxels() const { return definition_.voxels == nullptr ? 0 : groups_.count(); }

std::vector<std::string> FeatureSet::column_names() const {
  std::vector<std::string> names;
  names.reserve(columns());
  for (const auto& column : scalars_) names.push_back(column.name);
  for (std::uint32_t group = 0; group < voxels(); ++group) names.push_back(groups_.name(group));
  return names;
}

ShowerMoments FeatureSet::moments_of(const ShowerTable& table) const {
  return {table, geometry_, {threshold_, definition_.softening, definition_.highest_voxel}};
}

void FeatureSet::scalars_of(ShowerMoments& shower, std::span<double> out) const {
  for (std::size_t i = 0; i < scalars_.size(); ++i) out[i] = scalars_[i].value.of(shower);
}

void FeatureSet::voxels_of(const ShowerTable& table, std::uint64_t row, Scratch& scratch) const {
  table.read(row, threshold_, scratch.hits);
  definition_.voxels(geometry_, table.incident_energies()[row], scratch.hits, scratch.layers);
  groups_.sum(scratch.hits);
}

void FeatureSet::row_of(ShowerMoments& shower, std::uint64_t row, Scratch& scratch, std::span<double> out) const {
  require_incident_energy(shower.showers(), row);
  shower.select(row);
  scalars_of(shower, out.first(scalars()));
  if (voxels() == 0) return;
  voxels_of(shower.showers(), row, scratch);
  const auto voxel_columns = out.subspan(scalars());
  std::fill(voxel_columns.begin(), voxel_columns.end(), 0.0);
  for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
    voxel_columns[scratch.hits.voxel[hit]] = scratch.hits.energy[hit];
  }
}

}  // namespace caloscope
