#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cpu/kernels/kernel_set.h"

namespace caloscope {

/// The entries of a sparse matrix in the order of `KernelSet::sparse_multiply`. Memory is reused.
class SparseSlices {
 public:
  /// Takes a matrix of so many columns row by row: the entries of row r are offset[r] ≤ e < offset[r + 1], their columns
  /// ascend. The slices are wider than the kernels ask for where a row would have too few entries in one.
  void arrange(std::size_t columns, std::span<const std::size_t> offset, const std::uint32_t* index, const float* value);

  /// Columns and values of the entries as they stand now.
  const std::vector<std::uint32_t>& index() const { return index_; }
  const std::vector<float>& value() const { return value_; }

  /// The matrix with these values in place of its own.
  SparseMatrix with(const float* value) const {
    return {rows_, slices_, slice_, offset_.data(), index_.data(), value};
  }

 private:
  std::size_t rows_ = 0, slices_ = 0, slice_ = 1;
  std::vector<std::size_t> offset_;
  std::vector<std::uint32_t> index_;
  std::vector<float> value_;
};

}  // namespace caloscope
