#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "core/samples/feature_table.h"
#include "cpu/kernels/kernel_set.h"
#include "cpu/right_factor.h"
#include "cpu/sparse_slices.h"

namespace caloscope {

/// From which occupancies on voxels go through the dense kernel.
Crowded crowded(Precision precision);

/// How many of the columns of a table, counted from the first, go through the dense kernel: the scalars, and the voxels
/// too above an occupancy, one of those of `crowded`. Both kernels give the same bits of float32 factors; of bfloat16 the dense one
/// sums pairs.
std::uint32_t dense_columns(const FeatureTable& table, double occupancy);

/// The features of some rows as they are in the tables, gathered for the first layers of any number of networks: the
/// first columns as a dense block, the others as sparse rows. Memory is reused from tile to tile.
class InputTile {
 public:
  /// Starts without rows.
  void begin(std::uint32_t dense_columns, std::uint32_t columns);
  /// Appends one row.
  void add(const FeatureTable& table, std::uint64_t row);
  /// After the last row: puts the sparse entries in the order of the kernel.
  void arrange();
  /// All of that for rows of one table.
  void gather(const FeatureTable& table, std::span<const std::uint32_t> rows, std::uint32_t dense_columns);

  std::size_t rows() const { return offset_.size() - 1; }
  std::uint32_t dense_columns() const { return dense_columns_; }
  std::uint32_t sparse_columns() const { return sparse_columns_; }

  /// Standardised dense part: `dense` gets rows() rows, row_stride(dense_columns()) apart.
  void standardise_dense(const Standardisation& standardisation, float* dense) const;
  /// The sparse part, and its standardised values in that order.
  const SparseSlices& sparse() const { return slices_; }
  void standardise_sparse(const Standardisation& standardisation, std::vector<float>& values) const;

  /// counts[c] += rows with an entry in the sparse column c.
  void count_columns(std::size_t* counts) const {
    for (const std::uint32_t column : index_) ++counts[column];
  }
  /// Calls `visit(row, sparse column, standardised value)` for all entries of the sparse part, row by row.
  template <class Visit>
  void for_entries(const Standardisation& standardisation, const Visit& visit) const {
    for (std::size_t row = 0; row < rows(); ++row) {
      for (std::size_t e = offset_[row]; e < offset_[row + 1]; ++e) {
        visit(row, index_[e], standardised_entry(standardisation, index_[e], value_[e]));
      }
    }
  }

 private:
  float standardised_entry(const Standardisation& standardisation, std::uint32_t column, float value) const;

  std::uint32_t dense_columns_ = 0;
  std::uint32_t sparse_columns_ = 0;
  std::vector<float> dense_;
  std::vector<std::size_t> offset_;
  std::vector<std::uint32_t> index_;
  std::vector<float> value_;
  SparseSlices slices_;
  FeatureSet::Scratch scratch_;
};

}  // namespace caloscope
