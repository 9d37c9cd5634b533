#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/samples/feature_set.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// What the networks read: rows of `scalars` numbers that are stored and, for feature sets with voxels, a sparse part
/// that is made from the hits of the shower table whenever a row is read. No second copy of the hits exists.
class FeatureTable {
 public:
  /// The features of every shower. Throws Error(incident_energy) with the first row where it is not above zero.
  FeatureTable(std::shared_ptr<const ShowerTable> showers, FeatureSet features, const TileRunner& run_tiles,
               const JobControl& control);

  /// A plain matrix, row by row. Throws Error(shape) or Error(non_finite).
  FeatureTable(std::vector<float> matrix, std::uint32_t columns);

  /// The same rows with other stored columns, row by row; the voxels stay. Throws Error(shape) or Error(non_finite).
  FeatureTable with_scalars(std::vector<float> matrix, std::uint32_t columns) const;

  /// The same rows with further stored columns before theirs, `columns` a row. Throws Error(shape) or Error(non_finite).
  FeatureTable preceded_by(std::span<const float> matrix, std::uint32_t columns) const;

  std::uint64_t rows() const { return rows_; }
  std::uint32_t scalars() const { return scalars_; }
  std::uint32_t voxels() const { return features_ ? features_->voxels() : 0; }
  std::uint32_t columns() const { return scalars() + voxels(); }
  /// Voxel features that are not zero (before the threshold), of all rows.
  std::uint64_t hits() const { return voxels() > 0 ? showers_->hits() : 0; }
  /// Share of the voxel features that are not zero (before the threshold).
  double occupancy() const;
  std::size_t bytes() const { return matrix_.capacity() * sizeof(float); }

  const float* scalars_of(std::uint64_t row) const { return matrix_.data() + row * scalars_; }

  /// Leaves the voxel features of the row in `scratch.hits` (voxel number, value).
  void voxels_of(std::uint64_t row, FeatureSet::Scratch& scratch) const;

 private:
  std::shared_ptr<const ShowerTable> showers_;
  std::optional<FeatureSet> features_;
  std::uint64_t rows_;
  std::uint32_t scalars_;
  std::vector<float> matrix_;
};

}  // namespace caloscope
