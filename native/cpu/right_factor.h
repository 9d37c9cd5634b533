#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/networks/precision.h"
#include "cpu/aligned_vector.h"
#include "cpu/kernels/kernel_set.h"
#include "cpu/sparse_slices.h"

namespace caloscope {

/// Distance between the rows of a matrix with so many columns: not a multiple of 1 KiB, so that the rows of a block do
/// not compete for the same lines of the cache.
constexpr std::size_t row_stride(std::size_t columns) {
  constexpr std::size_t line = 16;
  const std::size_t whole_lines = (columns + line - 1) / line * line;
  return whole_lines % 256 == 0 ? whole_lines + line : whole_lines;
}

/// What becomes of a left factor on its way to the kernels: memory of one thread.
struct LeftScratch {
  AlignedVector<float> packed;
  AlignedVector<std::uint32_t> pairs;
};

/// The right factor B (depth × columns) of products, in the panels that the kernels want, of either precision.
class RightFactor {
 public:
  /// For products with a dense or with a sparse left factor.
  enum class Left { dense, sparse };

  RightFactor() = default;
  /// All zero.
  RightFactor(Left left, Precision precision, std::size_t depth, std::size_t columns);

  /// Takes rows [first, first + count) of B; element (k, j) of those at b[k·b_row + j·b_column]. For dense left factors
  /// `first` is even, and `b_column` must be 1 for sparse ones.
  void pack_rows(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t first, std::size_t count);
  /// Takes columns [first, first + count) of B; `first` is a multiple of 96. For dense left factors.
  void pack_columns(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t first,
                    std::size_t count);
  /// Goes on with less rows than there is memory for; what was packed is lost.
  void set_depth(std::size_t depth) { depth_ = depth; }

  /// C = frame(A·B) with the rows of A `a_row` floats apart.
  void multiply(const float* a, std::size_t a_row, std::size_t rows, float* c, std::size_t c_row,
                const ProductFrame& frame, LeftScratch& scratch) const;
  /// C = AᵀB: element (k, i) of A at a[k·a_row + i].
  void multiply_transposed(const float* a, std::size_t a_row, std::size_t rows, float* c, std::size_t c_row,
                           LeftScratch& scratch) const;
  /// C = frame(S·B). `values` are those of S; with bfloat16 they are rounded where they are.
  void multiply_sparse(const SparseSlices& s, std::vector<float>& values, float* c, std::size_t c_row,
                       const ProductFrame& frame) const;

 private:
  Left left_ = Left::dense;
  Precision precision_ = Precision::float32;
  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  AlignedVector<float> panels_;
  AlignedVector<std::uint32_t> pairs_;
};

}  // namespace caloscope
