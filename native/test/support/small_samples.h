#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "core/samples/feature_table.h"
#include "core/samples/geometry.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// Normal numbers; those of column c have the mean `shift`/(c + 1).
inline FeatureTable gaussian_matrix(std::uint64_t rows, std::uint32_t columns, double shift, std::uint64_t seed) {
  RandomStream random(seed, 1);
  std::vector<float> values(rows * columns);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(random.normal() + shift / static_cast<double>(i % columns + 1));
  }
  return {std::move(values), columns};
}

/// Layers of 4, 1 and 7 voxels at arbitrary places, numbered 0, 5 and 9; the middle one is not angular.
inline Geometry small_geometry(Geometry::Definitions definitions) {
  Geometry geometry(definitions);
  geometry.first_voxel = {0, 4, 5, 12};
  geometry.layer_id = {0, 5, 9};
  geometry.angular = {1, 0, 1};
  geometry.length_unit = "mm";
  for (int voxel = 0; voxel < 12; ++voxel) {
    geometry.eta.push_back(10 * std::cos(voxel * 1.3));
    geometry.phi.push_back(7.5 * voxel - 40);
    geometry.radius.push_back(3 + (voxel * 7) % 12);
  }
  return geometry;
}

struct DenseShowers {
  std::uint32_t voxels = 0;
  std::vector<double> incident_energy;  ///< MeV
  std::vector<float> energy;            ///< rows × voxels, MeV

  const float* row(std::uint64_t r) const { return energy.data() + r * voxels; }
};

/// Showers of which the given share of the voxels is hit, with energies over five decades; the first is empty.
inline DenseShowers random_showers(std::uint32_t voxels, std::uint64_t rows, std::uint64_t seed, double scale = 1,
                                   double occupancy = 0.15) {
  RandomStream random(seed, 2);
  DenseShowers showers{voxels, {}, std::vector<float>(rows * voxels)};
  for (std::uint64_t row = 0; row < rows; ++row) {
    showers.incident_energy.push_back(1e3 * std::exp(4 * random.uniform()));
    for (std::uint32_t voxel = 0; voxel < voxels; ++voxel) {
      const bool hit = random.uniform() < occupancy;
      const double energy = scale * std::pow(10, 5 * random.uniform() - 1);
      if (hit && row > 0) showers.energy[row * voxels + voxel] = static_cast<float>(energy);
    }
  }
  return showers;
}

inline std::shared_ptr<ShowerTable> table_of(const DenseShowers& showers) {
  auto table = std::make_shared<ShowerTable>(showers.voxels, 0);
  table->append(showers.incident_energy, std::span<const float>(showers.energy));
  return table;
}

inline FeatureTable features_of(const DenseShowers& showers, FeatureSetName set) {
  JobControl control;
  const FeatureSet features(set, small_geometry(Geometry::Definitions::calochallenge), 0.5);
  return {table_of(showers), features, tiles_on(2), control};
}

inline std::vector<std::uint32_t> row_numbers(std::uint64_t count) {
  std::vector<std::uint32_t> rows(count);
  for (std::uint32_t row = 0; row < count; ++row) rows[row] = row;
  return rows;
}

}  // namespace caloscope
