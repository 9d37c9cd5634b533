#pragma once

#include <cstddef>
#include <cstdint>

#include "core/training/training_step.h"

namespace caloscope {

/// Left factor of a product, rows × depth. Plain: element (i, k) at data[i·stride + k]. Packed by `pack_rows`
/// otherwise (stride 0).
struct LeftMatrix {
  const float* data;
  std::size_t stride;
};

/// What a product starts from and ends with: C = f(start + A·B).
struct ProductFrame {
  const float* bias = nullptr;      ///< start: this row, one number a column
  bool accumulate = false;          ///< start: C as it is; without bias and this, 0
  const float* leak = nullptr;      ///< end: x > 0 ? x : *leak · x; null: x
};

/// A sparse matrix cut into slices of `slice` columns. The entries of row r in slice s are
/// offset[s·rows + r] ≤ e < offset[s·rows + r + 1]; they stand in column index[e], ascending, with value[e].
struct SparseMatrix {
  std::size_t rows, slices, slice;
  const std::size_t* offset;
  const std::uint32_t* index;
  const float* value;
};

/// Left factor of a product of bfloat16: rows of pairs as `Bfloat16Kernels::round` makes them, `stride` pairs apart;
/// packed by `Bfloat16Kernels::pack_rows` otherwise (stride 0).
struct LeftPairs {
  const std::uint32_t* data;
  std::size_t stride;
};

/// Occupancies from which on the dense kernel is the faster, of a forward pass and of a training with its gradients: the
/// sparse kernel reads the weights for every hit of every row.
struct Crowded {
  double forward, training;
};

/// Products whose factors are bfloat16, two to 32 bits, and whose sums are float32.
struct Bfloat16Kernels {
  /// Rounds to nearest; an odd count gets a zero behind.
  void (*round)(const float* x, std::size_t count, std::uint32_t* pairs);

  /// As `KernelSet::pack`, in panels of `panel_width` columns and panel_pairs pairs of the depth.
  void (*pack)(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth, std::size_t columns,
               std::size_t panel_pairs, std::uint32_t* panels);
  /// B has rows b_row floats apart; in panels of `sparse_panel_width` columns, half as many pairs to each of
  /// panel_depth rows.
  void (*pack_sparse)(const float* b, std::ptrdiff_t b_row, std::size_t depth, std::size_t columns,
                      std::size_t panel_depth, std::uint32_t* panels);
  /// As `KernelSet::pack_rows`, into rows × (depth + 1) / 2 pairs.
  void (*pack_rows)(const float* a, std::size_t a_column, std::size_t rows, std::size_t depth, std::uint32_t* packed);

  /// As `KernelSet::multiply` and `KernelSet::sparse_multiply`. The values of a sparse factor are float32: the caller
  /// rounds them.
  void (*multiply)(const LeftPairs& a, const std::uint32_t* panels, std::size_t rows, std::size_t columns,
                   std::size_t depth, float* c, std::size_t c_row, const ProductFrame& frame);
  void (*sparse_multiply)(const SparseMatrix& s, const std::uint32_t* panels, std::size_t columns, std::size_t depth,
                          float* c, std::size_t c_row, const ProductFrame& frame);
  Crowded crowded;
};

struct FillKernels;

/// The inner loops, compiled once for each instruction set from one source (matrix_kernels.cc). Every element of a result is
/// summed in the order of the inner index, whatever the cut into tiles, so tiles may be cut in any way.
struct KernelSet {
  const char* name;

  /// Rows that `multiply` works on at once: the best tiles are multiples of it.
  std::size_t row_block;
  /// Columns of a panel, in which the right factors of `multiply` and of `sparse_multiply` are packed.
  std::size_t panel_width;
  std::size_t sparse_panel_width;

  /// Packs B (depth × columns; element (k, j) at b[k·b_row + j·b_column]) into panels of `width` columns: panel p holds
  /// the columns [p·width, (p+1)·width), depth rows of `width` floats, zeros beyond the last column. Panels are
  /// width·panel_depth floats apart: a right factor may be packed in several goes, each some of its depth.
  void (*pack)(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth,
               std::size_t columns, std::size_t width, std::size_t panel_depth, float* panels);

  /// Packs a left factor whose element (i, k) is a[i + k·a_column] (a transposed matrix) into rows × depth floats.
  void (*pack_rows)(const float* a, std::size_t a_column, std::size_t rows, std::size_t depth, float* packed);

  /// C = frame(A·B). B is packed with `panel_width`; C (rows × columns) has rows `c_row` floats apart.
  void (*multiply)(const LeftMatrix& a, const float* panels, std::size_t rows, std::size_t columns,
                   std::size_t depth, float* c, std::size_t c_row, const ProductFrame& frame);

  /// C = frame(S·B). B (depth × columns) is packed with `sparse_panel_width`; C has rows `c_row` floats apart. Fastest with
  /// slices of `sparse_slice` columns: so much of the panels that are worked on together stays in the first-level cache.
  void (*sparse_multiply)(const SparseMatrix& s, const float* panels, std::size_t columns, std::size_t depth, float* c,
                          std::size_t c_row, const ProductFrame& frame);
  std::size_t sparse_slice;
  Crowded crowded;

  Bfloat16Kernels bfloat16;

  /// out[i] = (x[i] − centre[i])·scale[i], held to ±clip[i].
  void (*standardise)(const float* x, const float* centre, const float* scale, const float* clip, std::size_t count,
                      float* out);

  /// delta[i] ·= (x[i] > 0 ? 1 : leak)·factor[i]; `factor` may be null for 1.
  void (*leaky_slope)(const float* x, float leak, const float* factor, std::size_t count, float* delta);

  /// factors[i] = draw.factor or 0.
  void (*dropout)(const DropoutDraw& draw, std::size_t count, float* factors);

  void (*adam)(const AdamStep& step, std::size_t count, const float* gradient, float* first_moment,
               float* second_moment, float* parameter);

  /// The loops of histograms: fill_kernels.h.
  const FillKernels* fill;
};

/// The set in use: the widest that this processor runs, chosen once; the environment variable
/// CALOSCOPE_KERNELS forces one by name. Throws Error(argument) for a set that is unknown or not
/// supported here.
const KernelSet& kernel_set();

}  // namespace caloscope
