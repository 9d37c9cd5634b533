#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpu/kernels/kernel_set.h"

namespace caloscope {

/// Puts rows of a sparse matrix together in groups, as `KernelSet::sparse_multiply` takes them. Says where each entry
/// of a row has its place among the values of the groups; the values themselves are the caller's. Memory is reused.
class SparseGrouping {
 public:
  /// One row of a group: which row of the product it is, and its columns in ascending order.
  struct Row {
    std::uint32_t row;
    std::span<const std::uint32_t> columns;
    std::uint32_t* place;  ///< gets the place of each entry among the values
  };

  /// Starts without groups for a matrix of so many columns.
  void begin(std::size_t columns);

  /// Appends a group of 1 to `sparse_group` rows.
  void add(std::span<const Row> rows);

  std::size_t groups() const { return row_.size() / sparse_group; }
  /// Length of the array of values. What is no place of an entry must be 0 there.
  std::size_t values() const { return index_.size() * sparse_group; }
  SparseGroups with(const float* values) const {
    return {sparse_slices(columns_), offset_.data(), index_.data(), values, row_.data()};
  }

 private:
  std::size_t columns_ = 0;
  std::vector<std::size_t> offset_;
  std::vector<std::uint32_t> index_;
  std::vector<std::uint32_t> row_;
  std::vector<std::uint64_t> lit_;         ///< a bit a column: some row of the group has an entry there
  std::vector<std::uint32_t> entry_;       ///< of a lit column: its entry
};

}  // namespace caloscope
