#include "cpu/input_tile.h"

#include <algorithm>

namespace caloscope {

Crowded crowded(Precision precision) {
  return precision == Precision::bfloat16 ? kernel_set().bfloat16.crowded : kernel_set().crowded;
}

std::uint32_t dense_columns(const FeatureTable& table, double occupancy) {
  return table.occupancy() > occupancy ? table.columns() : table.scalars();
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

void InputTile::arrange() {
  if (sparse_columns_ > 0) slices_.arrange(sparse_columns_, offset_, index_.data(), value_.data());
}

void InputTile::gather(const FeatureTable& table, std::span<const std::uint32_t> rows, std::uint32_t dense_columns) {
  begin(dense_columns, table.columns());
  for (const std::uint32_t row : rows) add(table, row);
  arrange();
}

void InputTile::standardise_dense(const Standardisation& standardisation, float* dense) const {
  const std::size_t stride = row_stride(dense_columns_);
  for (std::size_t row = 0; row < rows(); ++row) {
    kernel_set().standardise(dense_.data() + row * dense_columns_, standardisation.centre.data(),
                             standardisation.scale.data(), standardisation.clip.data(), dense_columns_,
                             dense + row * stride);
  }
}

float InputTile::standardised_entry(const Standardisation& standardisation, std::uint32_t column, float value) const {
  const std::uint32_t input = dense_columns_ + column;
  return standardised(value, 0, standardisation.scale[input], standardisation.clip[input]);
}

void InputTile::standardise_sparse(const Standardisation& standardisation, std::vector<float>& values) const {
  values.resize(index_.size());
  for (std::size_t e = 0; e < index_.size(); ++e) {
    values[e] = standardised_entry(standardisation, slices_.index()[e], slices_.value()[e]);
  }
}

}  // namespace caloscope
