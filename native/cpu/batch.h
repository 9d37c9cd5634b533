#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/feature_table.h"
#include "core/network.h"
#include "cpu/kernel_set.h"

namespace caloscope {

/// How many of the columns of a table, counted from the first, go through the dense kernel: the scalars, and the voxels
/// too where so many of them are lit that the sparse kernel is slower. Both kernels give the same bits.
std::uint32_t dense_columns(const FeatureTable& table);

/// The standardised input of some rows, ready for the first layer: the first columns as a dense block, the others as
/// sparse rows. Memory is reused from batch to batch.
class Batch {
 public:
  /// Starts a batch without rows for networks with `columns` inputs.
  void begin(std::uint32_t dense_columns, std::uint32_t columns);

  /// Appends one row, standardised.
  void add(const FeatureTable& table, std::uint64_t row, const Standardisation& standardisation);

  std::size_t rows() const { return rows_; }
  std::uint32_t dense_columns() const { return dense_columns_; }
  std::uint32_t sparse_columns() const { return sparse_columns_; }
  const float* dense() const { return dense_.data(); }
  SparseRows sparse() const { return {offset_.data(), index_.data(), value_.data()}; }

  /// The sparse part transposed: one row a sparse column, its entries in ascending order of the batch row.
  /// Valid until the next call on this batch.
  SparseRows sparse_transposed();

 private:
  std::uint32_t dense_columns_ = 0;
  std::uint32_t sparse_columns_ = 0;
  std::size_t rows_ = 0;
  std::vector<float> dense_;
  std::vector<std::size_t> offset_;
  std::vector<std::uint32_t> index_;
  std::vector<float> value_;
  std::vector<std::size_t> column_offset_, column_next_;
  std::vector<std::uint32_t> column_index_;
  std::vector<float> column_value_;
  FeatureSet::Scratch scratch_;
};

}  // namespace caloscope
