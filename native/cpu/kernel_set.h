#pragma once

#include <cstddef>
#include <cstdint>

namespace caloscope {

/// Rows of a sparse matrix: entry e of row r, offset[r] ≤ e < offset[r + 1], is value[e] in column index[e].
struct SparseRows {
  const std::size_t* offset;
  const std::uint32_t* index;
  const float* value;
};

/// One AdamW step (Loshchilov & Hutter, arXiv:1711.05101). `rate` carries the bias corrections of both moments:
/// rate = learning rate · √(1−β2ᵗ)/(1−β1ᵗ), epsilon is scaled by √(1−β2ᵗ) alike, decay = learning rate · weight decay.
struct AdamStep {
  float rate, beta1, beta2, epsilon, decay;
};

/// The inner loops, compiled once for each instruction set from one source (kernels.inl). Every element of a result is
/// summed in the order of the inner index, whatever the cut into tiles, so tiles may be cut in any way.
struct KernelSet {
  const char* name;

  /// Width of a panel in floats: `pack` and `multiply` speak in panels of so many columns.
  std::size_t panel_width;

  /// Packs B (depth × columns; element (k, j) at b[k·b_row + j·b_column]) into panels: panel p holds the columns
  /// [p·width, (p+1)·width), depth rows of `width` floats, zeros beyond the last column.
  void (*pack)(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth,
               std::size_t columns, float* panels);

  /// C = A·B, or C += A·B with `accumulate`. A (rows × depth) has element (i, k) at a[i·a_row + k·a_column]; B is
  /// packed; C (rows × columns) has rows `c_row` floats apart.
  void (*multiply)(const float* a, std::ptrdiff_t a_row, std::ptrdiff_t a_column, const float* panels,
                   std::size_t rows, std::size_t columns, std::size_t depth, float* c, std::size_t c_row,
                   bool accumulate);

  /// C += S·W for the rows [first, end) of S and the columns [first_column, end_column) of W (rows `stride` floats
  /// apart, as those of C; row r of S goes to row r of C).
  void (*sparse_multiply)(const SparseRows& s, std::size_t first, std::size_t end, const float* w,
                          std::size_t stride, std::size_t first_column, std::size_t end_column, float* c);

  void (*adam)(const AdamStep& step, std::size_t count, const float* gradient, float* first_moment,
               float* second_moment, float* parameter);
};

/// The set in use: the widest that this processor runs, chosen once; the environment variable
/// CALOSCOPE_KERNELS=baseline|avx2|avx512 forces one. Throws Error(argument) for a set that is unknown or not
/// supported here.
const KernelSet& kernel_set();

}  // namespace caloscope
