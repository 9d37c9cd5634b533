#include "core/samples/feature_table.h"

#include <algorithm>
#include <cmath>

#include "core/run/error.h"

namespace caloscope {

FeatureTable::FeatureTable(std::shared_ptr<const ShowerTable> showers, FeatureSet features, const TileRunner& run_tiles,
                           const JobControl& control)
    : showers_(std::move(showers)),
      features_(std::move(features)),
      rows_(showers_->rows()),
      scalars_(features_->scalars()),
      matrix_(rows_ * scalars_) {
  if (showers_->voxels() != features_->geometry().voxels()) {
    throw Error(ErrorCode::shape, "the showers have " + std::to_string(showers_->voxels()) +
                                      " voxels, the geometry has " + std::to_string(features_->geometry().voxels()));
  }
  for (std::uint64_t row = 0; row < rows_; ++row) require_incident_energy(*showers_, row);
  run_tiles((rows_ + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
    control.check();
    ShowerMoments shower = features_->moments_of(*showers_);
    std::vector<double> scalars(scalars_);
    for (std::uint64_t row = tile * shower_tile; row < std::min(rows_, (tile + 1) * shower_tile); ++row) {
      shower.select(row);
      features_->scalars_of(shower, scalars);
      for (std::uint32_t column = 0; column < scalars_; ++column) {
        matrix_[row * scalars_ + column] = static_cast<float>(scalars[column]);
      }
    }
  });
}

FeatureTable::FeatureTable(std::vector<float> matrix, std::uint32_t columns)
    : rows_(columns == 0 ? 0 : matrix.size() / columns), scalars_(columns), matrix_(std::move(matrix)) {
  if (columns == 0 || rows_ * columns != matrix_.size()) {
    throw Error(ErrorCode::shape, std::to_string(matrix_.size()) + " numbers are not rows of " +
                                      std::to_string(columns) + " columns");
  }
  for (std::size_t i = 0; i < matrix_.size(); ++i) {
    if (!std::isfinite(matrix_[i])) {
      throw Error(ErrorCode::non_finite, "row " + std::to_string(i / columns) + ", column " +
                                             std::to_string(i % columns) + " is not a finite number");
    }
  }
}

FeatureTable FeatureTable::with_scalars(std::vector<float> matrix, std::uint32_t columns) const {
  FeatureTable result(std::move(matrix), columns);
  if (result.rows_ != rows_) {
    throw Error(ErrorCode::shape, std::to_string(result.rows_) + " rows do not fit " + std::to_string(rows_));
  }
  result.showers_ = showers_;
  if (features_) result.features_.emplace(*features_);
  return result;
}

FeatureTable FeatureTable::preceded_by(std::span<const float> matrix, std::uint32_t columns) const {
  if (matrix.size() != rows_ * columns) {
    throw Error(ErrorCode::shape, std::to_string(matrix.size()) + " numbers are not " + std::to_string(rows_) +
                                      " rows of " + std::to_string(columns) + " columns");
  }
  const std::uint32_t width = columns + scalars_;
  std::vector<float> joined(rows_ * width);
  for (std::uint64_t row = 0; row < rows_; ++row) {
    const auto after = std::ranges::copy(matrix.subspan(row * columns, columns), joined.begin() + row * width).out;
    std::copy_n(scalars_of(row), scalars_, after);
  }
  return with_scalars(std::move(joined), width);
}

double FeatureTable::occupancy() const {
  const auto places = static_cast<double>(rows_) * voxels();
  return places == 0 ? 0 : static_cast<double>(hits()) / places;
}

void FeatureTable::voxels_of(std::uint64_t row, FeatureSet::Scratch& scratch) const {
  features_->voxels_of(*showers_, row, scratch);
}

}  // namespace caloscope
