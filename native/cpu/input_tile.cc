#include "cpu/input_tile.h"

#include <algorithm>
#include <numeric>

namespace caloscope {

std::uint32_t dense_columns(const FeatureTable& table, double crowded) {
  return table.occupancy() > crowded ? table.columns() : table.scalars();
}

void InputTile::begin(std::uint32_t dense_columns, std::uint32_t columns) {
  dense_columns_ = dense_columns;
  sparse_columns_ = columns - dense_columns;
  dense_.clear();
  index_.clear();
  value_.clear();
  offset_.assign(1, 0);
}

void InputTile::add(const FeatureTable& table, std::uint64_t row) {
  const std::uint32_t scalars = table.scalars();
  dense_.resize(dense_.size() + dense_columns_, 0.0F);
  float* dense = dense_.data() + rows() * dense_columns_;
  std::copy_n(table.scalars_of(row), scalars, dense);
  if (table.voxels() > 0) {
    table.voxels_of(row, scratch_);
    const auto& [voxels, energies] = scratch_.hits;
    if (dense_columns_ > scalars) {
      for (std::size_t hit = 0; hit < voxels.size(); ++hit) {
        dense[scalars + voxels[hit]] = static_cast<float>(energies[hit]);
      }
    } else {
      index_.insert(index_.end(), voxels.begin(), voxels.end());
      for (const double energy : energies) value_.push_back(static_cast<float>(energy));
    }
  }
  offset_.push_back(index_.size());
}

void InputTile::group() {
  grouping_.begin(sparse_columns_);
  if (sparse_columns_ == 0) return;
  place_.resize(index_.size());
  order_.resize(rows());
  std::iota(order_.begin(), order_.end(), 0U);
  const auto hits = [&](std::uint32_t row) { return offset_[row + 1] - offset_[row]; };
  // Showers with as many hits have more of them in common.
  std::ranges::stable_sort(order_, {}, hits);
  for (std::size_t first = 0; first < order_.size(); first += sparse_group) {
    SparseGrouping::Row group[sparse_group];
    const std::size_t count = std::min(sparse_group, order_.size() - first);
    for (std::size_t r = 0; r < count; ++r) {
      const std::uint32_t row = order_[first + r];
      const std::size_t begin = offset_[row];
      group[r] = {row, {index_.data() + begin, hits(row)}, place_.data() + begin};
    }
    grouping_.add({group, count});
  }
}

void InputTile::gather(const FeatureTable& table, std::span<const std::uint32_t> rows, std::uint32_t dense_columns) {
  begin(dense_columns, table.columns());
  for (const std::uint32_t row : rows) add(table, row);
  group();
}

void InputTile::standardise_dense(const Standardisation& standardisation, float* dense) const {
  const std::size_t stride = row_stride(dense_columns_);
  for (std::size_t row = 0; row < rows(); ++row) {
    kernel_set().standardise(dense_.data() + row * dense_columns_, standardisation.centre.data(),
                             standardisation.scale.data(), standardisation.clip.data(), dense_columns_,
                             dense + row * stride);
  }
}

float InputTile::standardised_entry(const Standardisation& standardisation, std::size_t entry) const {
  const std::uint32_t column = dense_columns_ + index_[entry];
  return standardised(value_[entry], 0, standardisation.scale[column], standardisation.clip[column]);
}

SparseGroups InputTile::standardise_sparse(const Standardisation& standardisation, std::vector<float>& values) const {
  values.assign(grouping_.values(), 0.0F);
  for (std::size_t e = 0; e < index_.size(); ++e) values[place_[e]] = standardised_entry(standardisation, e);
  return grouping_.with(values.data());
}

}  // namespace caloscope
