#include "cpu/batch.h"

#include <algorithm>

namespace caloscope {

std::uint32_t dense_columns(const FeatureTable& table) {
  // The dense kernel does about four times the multiplications a second.
  constexpr double crowded = 0.25;
  return table.occupancy() > crowded ? table.columns() : table.scalars();
}

void Batch::begin(std::uint32_t dense_columns, std::uint32_t columns) {
  dense_columns_ = dense_columns;
  sparse_columns_ = columns - dense_columns;
  rows_ = 0;
  dense_.clear();
  index_.clear();
  value_.clear();
  offset_.assign(1, 0);
}

void Batch::add(const FeatureTable& table, std::uint64_t row, const Standardisation& standardisation) {
  const std::uint32_t scalar_columns = table.scalars();
  dense_.resize(dense_.size() + dense_columns_, 0.0F);
  float* dense = dense_.data() + rows_ * dense_columns_;
  const float* scalars = table.scalars_of(row);
  for (std::uint32_t column = 0; column < scalar_columns; ++column) {
    const float x = (scalars[column] - standardisation.centre[column]) * standardisation.scale[column];
    dense[column] = std::clamp(x, -standardisation.clip[column], standardisation.clip[column]);
  }
  if (table.voxels() > 0) {
    table.voxels_of(row, scratch_);
    const auto& [voxels, energies] = scratch_.hits;
    for (std::size_t hit = 0; hit < voxels.size(); ++hit) {
      const std::uint32_t column = scalar_columns + voxels[hit];
      const float clip = standardisation.clip[column];
      const float x = std::clamp(static_cast<float>(energies[hit]) * standardisation.scale[column], -clip, clip);
      if (column < dense_columns_) {
        dense[column] = x;
      } else {
        index_.push_back(column - dense_columns_);
        value_.push_back(x);
      }
    }
  }
  offset_.push_back(index_.size());
  ++rows_;
}

SparseRows Batch::sparse_transposed() {
  column_offset_.assign(sparse_columns_ + 1, 0);
  for (const auto column : index_) ++column_offset_[column + 1];
  for (std::uint32_t c = 0; c < sparse_columns_; ++c) column_offset_[c + 1] += column_offset_[c];
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
