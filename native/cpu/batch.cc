#include "cpu/batch.h"

#include <algorithm>

namespace caloscope {

void Batch::begin(std::uint32_t scalars, std::uint32_t voxels) {
  scalars_ = scalars;
  voxels_ = voxels;
  rows_ = 0;
  dense_.clear();
  index_.clear();
  value_.clear();
  offset_.assign(1, 0);
}

void Batch::add(const FeatureTable& table, std::uint64_t row, const Standardisation& standardisation) {
  const float* scalars = table.scalars_of(row);
  for (std::uint32_t column = 0; column < scalars_; ++column) {
    const float x = (scalars[column] - standardisation.centre[column]) * standardisation.scale[column];
    dense_.push_back(std::clamp(x, -standardisation.clip, standardisation.clip));
  }
  if (voxels_ > 0) {
    table.voxels_of(row, scratch_);
    const float* scale = standardisation.scale.data() + scalars_;
    for (std::size_t hit = 0; hit < scratch_.hits.size(); ++hit) {
      const std::uint32_t voxel = scratch_.hits.voxel[hit];
      index_.push_back(voxel);
      value_.push_back(static_cast<float>(scratch_.hits.energy[hit]) * scale[voxel]);
    }
  }
  offset_.push_back(index_.size());
  ++rows_;
}

SparseRows Batch::sparse_transposed() {
  column_offset_.assign(voxels_ + 1, 0);
  for (const auto voxel : index_) ++column_offset_[voxel + 1];
  for (std::uint32_t voxel = 0; voxel < voxels_; ++voxel) column_offset_[voxel + 1] += column_offset_[voxel];
  column_next_.assign(column_offset_.begin(), column_offset_.end() - 1);
  column_index_.resize(index_.size());
  column_value_.resize(index_.size());
  for (std::size_t row = 0; row < rows_; ++row) {
    for (std::size_t entry = offset_[row]; entry < offset_[row + 1]; ++entry) {
      const std::size_t place = column_next_[index_[entry]]++;
      column_index_[place] = static_cast<std::uint32_t>(row);
      column_value_[place] = value_[entry];
    }
  }
  return {column_offset_.data(), column_index_.data(), column_value_.data()};
}

}  // namespace caloscope
