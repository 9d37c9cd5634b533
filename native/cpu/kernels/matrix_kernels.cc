// The loops of matrices, THE source of all kernel sets: compiled once for each instruction set, with its flags and
//   CALOSCOPE_KERNELS_NAME   the namespace and name of the set
//   CALOSCOPE_VECTOR_BYTES   width of a register
//   CALOSCOPE_ROW_BLOCK      rows of C that one micro-kernel keeps in registers (two registers each)
//   CALOSCOPE_PAIR_ROW_BLOCK the same for products of bfloat16
//   CALOSCOPE_BFLOAT16_DOT   defined where the hardware multiplies pairs of bfloat16
// No standard library header with code may be included here: an inline function that the linker takes from the
// AVX-512 object would then run on every machine.

#include "cpu/kernels/kernel_set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace caloscope {
namespace {

typedef float Vector __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));
typedef float Unaligned __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES), aligned(4)));

constexpr std::size_t lanes = CALOSCOPE_VECTOR_BYTES / sizeof(float);
constexpr std::size_t width = 2 * lanes;
constexpr std::size_t sparse_width = 4 * lanes;
constexpr std::size_t row_block = CALOSCOPE_ROW_BLOCK;
/// Depth of a panel slice that stays in the first-level cache while all rows of a tile meet it.
constexpr std::size_t slice_depth = 512;

inline Vector load(const float* p) { return *reinterpret_cast<const Unaligned*>(p); }
inline void store(float* p, Vector v) { *reinterpret_cast<Unaligned*>(p) = v; }
inline Vector leaky(Vector x, float leak) { return x > Vector{} ? x : leak * x; }

// ---------------------------------------------------------------------------------------------------------- packing

/// A strip of rows of a panel whose source rows lie in one piece.
void pack_whole_strip(const float* source, std::ptrdiff_t b_row, std::size_t rows, std::size_t panel, float* out) {
  for (std::size_t k = 0; k < rows; ++k, source += b_row, out += panel) {
    for (std::size_t j = 0; j < panel; j += lanes) store(out + j, load(source + j));
  }
}

/// A strip of rows of a panel of which the first `valid` columns are there.
void pack_any_strip(const float* source, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t rows,
                    std::size_t valid, std::size_t panel, float* out) {
  for (std::size_t j = 0; j < valid; ++j, source += b_column) {
    for (std::size_t k = 0; k < rows; ++k) out[k * panel + j] = source[static_cast<std::ptrdiff_t>(k) * b_row];
  }
  for (std::size_t k = 0; k < rows; ++k) {
    for (std::size_t j = valid; j < panel; ++j) out[k * panel + j] = 0;
  }
}

/// Strip by strip, so that the lines of the source are read one after the other.
void pack(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth, std::size_t columns,
          std::size_t panel, std::size_t panel_depth, float* out) {
  constexpr std::size_t strip = 16;
  for (std::size_t k = 0; k < depth; k += strip) {
    const std::size_t rows = depth - k < strip ? depth - k : strip;
    for (std::size_t first = 0; first < columns; first += panel) {
      const float* source = b + static_cast<std::ptrdiff_t>(k) * b_row + static_cast<std::ptrdiff_t>(first) * b_column;
      float* target = out + first * panel_depth + k * panel;
      if (b_column == 1 && first + panel <= columns) {
        pack_whole_strip(source, b_row, rows, panel, target);
      } else {
        pack_any_strip(source, b_row, b_column, rows, columns - first < panel ? columns - first : panel, panel, target);
      }
    }
  }
}

/// How many of the rows that are left the next micro-kernel takes. The last two share what is left: a block of one or
/// two rows alone would leave the multipliers waiting.
template <std::size_t Block>
std::size_t rows_at_once(std::size_t left) {
  if (left >= 2 * Block || left == Block) return Block;
  return left < Block ? left : (left + 1) / 2;
}

template <std::size_t R>
void pack_block(const float* a, std::size_t a_column, std::size_t depth, float* packed) {
  for (std::size_t k = 0; k < depth; ++k) {
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) packed[k * R + r] = a[k * a_column + r];
  }
}

using PackBlock = void (*)(const float*, std::size_t, std::size_t, float*);

template <std::size_t R>
PackBlock pack_block_of(std::size_t rows) {
  if constexpr (R == 0) return nullptr;
  else return rows == R ? pack_block<R> : pack_block_of<R - 1>(rows);
}

void pack_rows(const float* a, std::size_t a_column, std::size_t rows, std::size_t depth, float* packed) {
  for (std::size_t row = 0; row < rows;) {
    const std::size_t block = rows_at_once<row_block>(rows - row);
    pack_block_of<row_block>(block)(a + row, a_column, depth, packed + row * depth);
    row += block;
  }
}

// --------------------------------------------------------------------------------------------------- dense products

/// One block of rows against one slice of a panel.
struct Slice {
  const float* a;
  std::size_t a_row, a_column;
  const float* panel;
  std::size_t depth;
  float* c;
  std::size_t c_row;
  const float* start;     ///< first row of what the sums start from; null: zero
  std::size_t start_row;  ///< 0: the same row for all
  const float* leak;      ///< null: no activation
};

/// R rows of C against a slice of a panel, the sums in registers for the whole depth.
template <std::size_t R>
void micro_kernel(const Slice& slice) {
  Vector sum[R][2];
  const float* start = slice.start;
  for (std::size_t r = 0; r < R; ++r) {
    sum[r][0] = start ? load(start + r * slice.start_row) : Vector{};
    sum[r][1] = start ? load(start + r * slice.start_row + lanes) : Vector{};
  }
  const float* a = slice.a;
  const float* panel = slice.panel;
  const std::size_t a_row = slice.a_row;
  const std::size_t a_column = slice.a_column;
  for (std::size_t k = slice.depth; k > 0; --k) {
    const Vector b0 = load(panel);
    const Vector b1 = load(panel + lanes);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
      const float factor = a[r * a_row];
      sum[r][0] += factor * b0;
      sum[r][1] += factor * b1;
    }
    a += a_column;
    panel += width;
  }
  for (std::size_t r = 0; r < R; ++r) {
    float* c = slice.c + r * slice.c_row;
    store(c, slice.leak ? leaky(sum[r][0], *slice.leak) : sum[r][0]);
    store(c + lanes, slice.leak ? leaky(sum[r][1], *slice.leak) : sum[r][1]);
  }
}

using MicroKernel = void (*)(const Slice&);

template <std::size_t R>
MicroKernel micro_kernel_of(std::size_t rows) {
  if constexpr (R == 0) return nullptr;
  else return rows == R ? micro_kernel<R> : micro_kernel_of<R - 1>(rows);
}

/// The last panel when it is not full: through a block of its own, so that nothing is read or written beside C.
template <std::size_t Block>
void edge_kernel(MicroKernel kernel, std::size_t rows, std::size_t valid, Slice slice) {
  float start[Block * width] = {};
  float block[Block * width];
  for (std::size_t r = 0; slice.start && r < rows; ++r) {
    for (std::size_t j = 0; j < valid; ++j) start[r * width + j] = slice.start[r * slice.start_row + j];
  }
  float* c = slice.c;
  const std::size_t c_row = slice.c_row;
  slice.start = start;
  slice.start_row = width;
  slice.c = block;
  slice.c_row = width;
  kernel(slice);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < valid; ++j) c[r * c_row + j] = block[r * width + j];
  }
}

/// Brings the part of the next slice nearer that belongs to these rows: by the time that all rows are done, all of it. The
/// next slice lies behind this one.
inline void prefetch_next_slice(const Slice& slice, std::size_t row, std::size_t end_row, std::size_t rows) {
  const float* next = slice.panel + slice.depth * width;
  constexpr std::size_t line = 16;
  const std::size_t lines = slice.depth * width / line;
  for (std::size_t i = row * lines / rows; i < end_row * lines / rows; ++i) __builtin_prefetch(next + i * line);
}

/// Blocks of rows, slices of panels: the order that keeps a slice in the cache. `depth` counts what a kernel takes at
/// once: numbers, or pairs of them.
template <std::size_t Block, MicroKernel (*KernelOf)(std::size_t)>
void multiply_slices(const LeftMatrix& a, const float* panels, std::size_t rows, std::size_t columns,
                     std::size_t depth, float* c, std::size_t c_row, const ProductFrame& frame) {
  const bool packed = a.stride == 0;
  for (std::size_t column = 0; column < columns; column += width) {
    const std::size_t valid = columns - column < width ? columns - column : width;
    std::size_t k = 0;
    do {  // also once for depth 0
      const std::size_t slice_end = depth - k < slice_depth ? depth : k + slice_depth;
      for (std::size_t row = 0; row < rows;) {
        const std::size_t block = rows_at_once<Block>(rows - row);
        float* target = c + row * c_row + column;
        const bool accumulate = k > 0 || frame.accumulate;
        const float* bias = frame.bias ? frame.bias + column : nullptr;
        const Slice slice{
            .a = packed ? a.data + row * depth + k * block : a.data + row * a.stride + k,
            .a_row = packed ? 1 : a.stride,
            .a_column = packed ? block : 1,
            .panel = panels + column * depth + k * width,
            .depth = slice_end - k,
            .c = target,
            .c_row = c_row,
            .start = accumulate ? target : bias,
            .start_row = accumulate ? c_row : 0,
            .leak = slice_end == depth ? frame.leak : nullptr,
        };
        prefetch_next_slice(slice, row, row + block, rows);
        const MicroKernel kernel = KernelOf(block);
        if (valid == width) kernel(slice);
        else edge_kernel<Block>(kernel, block, valid, slice);
        row += block;
      }
      k = slice_end;
    } while (k < depth);
  }
}

void multiply(const LeftMatrix& a, const float* panels, std::size_t rows, std::size_t columns, std::size_t depth,
              float* c, std::size_t c_row, const ProductFrame& frame) {
  multiply_slices<row_block, micro_kernel_of<row_block>>(a, panels, rows, columns, depth, c, c_row, frame);
}

// -------------------------------------------------------------------------------------------------- sparse products

/// A row of a sparse panel as vectors, from float32.
struct WholeRows {
  static constexpr std::size_t row_floats = sparse_width;
  template <std::size_t V>
  static Vector vector(const float* row) {
    return load(row + V * lanes);
  }
};

/// Panels that a row of S meets together: their sums fill the registers, so that each factor is read once for many
/// products, and no sum waits for the one before.
constexpr std::size_t sparse_panels = 3;
/// Columns of S whose rows of the panels, in float32, take three quarters of a first-level cache.
constexpr std::size_t sparse_slice = 24576 / (sparse_panels * sparse_width * sizeof(float));
/// Measured on toys of 504 and 6480 voxels before networks of 512 and 1024 (EPYC, AVX2 and AVX-512): wide vectors gain more in the
/// dense kernel, where no column has to be looked up.
constexpr Crowded crowded = lanes == 16 ? Crowded{0.45, 0.33} : Crowded{0.6, 0.4};

/// One vector each of some panels.
template <class Rows, std::size_t V, std::size_t Panels>
inline void add_vectors(const float* source, std::size_t panel_step, float factor, Vector (&sum)[Panels][4]) {
#pragma GCC unroll 4
  for (std::size_t p = 0; p < Panels; ++p) sum[p][V] += factor * Rows::template vector<V>(source + p * panel_step);
}

/// Entries of one row against panels that are `panel_step` floats apart.
template <class Rows, std::size_t Panels>
void sparse_kernel(const std::uint32_t* index, const float* value, std::size_t entries, const float* panel,
                   std::size_t panel_step, const float* start, float* c, const float* leak) {
  static_assert(sparse_width == 4 * lanes);
  Vector sum[Panels][4];
#pragma GCC unroll 12
  for (std::size_t v = 0; v < 4 * Panels; ++v) sum[v / 4][v % 4] = start ? load(start + v * lanes) : Vector{};
  for (std::size_t e = 0; e < entries; ++e) {
    const float* source = panel + index[e] * Rows::row_floats;
    const float factor = value[e];
    add_vectors<Rows, 0>(source, panel_step, factor, sum);
    add_vectors<Rows, 1>(source, panel_step, factor, sum);
    add_vectors<Rows, 2>(source, panel_step, factor, sum);
    add_vectors<Rows, 3>(source, panel_step, factor, sum);
  }
#pragma GCC unroll 12
  for (std::size_t v = 0; v < 4 * Panels; ++v) {
    store(c + v * lanes, leak ? leaky(sum[v / 4][v % 4], *leak) : sum[v / 4][v % 4]);
  }
}

/// Brings the part of the next slice nearer that belongs to this row: by the time that all rows are done, all of it.
inline void prefetch_sparse_slice(const SparseMatrix& s, std::size_t row, const float* next, std::size_t floats,
                                  std::size_t panel_step, std::size_t panels) {
  constexpr std::size_t line = 16;
  const std::size_t lines = floats / line;
  for (std::size_t i = row * lines / s.rows; i < (row + 1) * lines / s.rows; ++i) {
    for (std::size_t p = 0; p < panels; ++p) __builtin_prefetch(next + p * panel_step + i * line);
  }
}

/// All rows of C in the columns of some panels, of which C has `valid` columns.
template <class Rows, std::size_t Panels>
void sparse_panels_product(const SparseMatrix& s, const float* panel, std::size_t panel_step, std::size_t valid, float* c,
                           std::size_t c_row, const ProductFrame& frame) {
  constexpr std::size_t whole = Panels * sparse_width;
  for (std::size_t slice = 0; slice < s.slices; ++slice) {
    const bool accumulate = slice > 0 || frame.accumulate;
    const float* leak = slice + 1 == s.slices ? frame.leak : nullptr;
    const std::size_t done = (slice + 1) * s.slice * Rows::row_floats;
    const std::size_t left = done < panel_step ? panel_step - done : 0;
    const std::size_t coming = left < s.slice * Rows::row_floats ? left : s.slice * Rows::row_floats;
    for (std::size_t row = 0; row < s.rows; ++row) {
      if (coming > 0) prefetch_sparse_slice(s, row, panel + done, coming, panel_step, Panels);
      const std::size_t* offset = s.offset + slice * s.rows + row;
      float* target = c + row * c_row;
      if (offset[0] == offset[1] && accumulate && !leak) continue;
      const float* start = accumulate ? target : frame.bias;
      if (valid == whole) {
        sparse_kernel<Rows, Panels>(s.index + offset[0], s.value + offset[0], offset[1] - offset[0], panel, panel_step,
                                    start, target, leak);
        continue;
      }
      // Through a block of its own, so that nothing is read or written beside C.
      float block[whole] = {};
      for (std::size_t j = 0; start && j < valid; ++j) block[j] = start[j];
      sparse_kernel<Rows, Panels>(s.index + offset[0], s.value + offset[0], offset[1] - offset[0], panel, panel_step, block,
                                  block, leak);
      for (std::size_t j = 0; j < valid; ++j) target[j] = block[j];
    }
  }
}

template <class Rows>
void sparse_multiply_panels(const SparseMatrix& s, const float* panels, std::size_t columns, std::size_t depth, float* c,
                            std::size_t c_row, const ProductFrame& frame) {
  const std::size_t step = Rows::row_floats * depth;
  const std::size_t all = (columns + sparse_width - 1) / sparse_width;
  for (std::size_t first = 0; first < all;) {
    const std::size_t left = all - first;
    // One panel alone has too few sums: four are two and two.
    static_assert(sparse_panels == 3);
    const std::size_t count = left == 4 ? 2 : left < sparse_panels ? left : sparse_panels;
    const std::size_t column = first * sparse_width;
    const std::size_t end = column + count * sparse_width < columns ? column + count * sparse_width : columns;
    ProductFrame part = frame;
    if (frame.bias) part.bias = frame.bias + column;
    const auto product = count == 3   ? sparse_panels_product<Rows, 3>
                         : count == 2 ? sparse_panels_product<Rows, 2>
                                      : sparse_panels_product<Rows, 1>;
    product(s, panels + first * step, step, end - column, c + column, c_row, part);
    first += count;
  }
}

void sparse_multiply(const SparseMatrix& s, const float* panels, std::size_t columns, std::size_t depth, float* c,
                     std::size_t c_row, const ProductFrame& frame) {
  sparse_multiply_panels<WholeRows>(s, panels, columns, depth, c, c_row, frame);
}

}  // namespace
}  // namespace caloscope

#include "cpu/kernels/bfloat16_kernels.inl"
#include "cpu/kernels/dropout_kernels.inl"
#include "cpu/kernels/elementwise_kernels.inl"

#define CALOSCOPE_TEXT_(x) #x
#define CALOSCOPE_TEXT(x) CALOSCOPE_TEXT_(x)

namespace caloscope {
namespace CALOSCOPE_KERNELS_NAME {

extern const FillKernels fill_kernels;
extern const KernelSet kernels;
const KernelSet kernels{
    .name = CALOSCOPE_TEXT(CALOSCOPE_KERNELS_NAME),
    .row_block = row_block,
    .panel_width = width,
    .sparse_panel_width = sparse_width,
    .pack = pack,
    .pack_rows = pack_rows,
    .multiply = multiply,
    .sparse_multiply = sparse_multiply,
    .sparse_slice = sparse_slice,
    .crowded = crowded,
    .bfloat16 = bfloat16_kernels,
    .standardise = standardise,
    .leaky_slope = leaky_slope,
    .dropout = dropout,
    .adam = adam,
    .fill = &fill_kernels,
};

}  // namespace CALOSCOPE_KERNELS_NAME
}  // namespace caloscope
