// The loops of matrices, THE source of all kernel sets: compiled once for each instruction set, with its flags and
//   CALOSCOPE_KERNELS_NAME   the namespace and name of the set
//   CALOSCOPE_VECTOR_BYTES   width of a register
//   CALOSCOPE_ROW_BLOCK      rows of C that one micro-kernel keeps in registers (two registers each)
//   CALOSCOPE_PAIR_ROW_BLOCK the same for products of bfloat16
//   CALOSCOPE_BFLOAT16_DOT   defined where the hardware multiplies pairs of bfloat16
// No standard library header with code may be included here: an inline function that the linker takes from the
// AVX-512 object would then run on every machine.

#include "cpu/kernels/kernel_set.h"

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

/// One vector of a panel row into the sums of all rows of a group. Sums and factors fill 16 registers but for this one:
/// were the vectors of a row all loaded first, a sum would go through memory in every step.
template <class Rows, std::size_t V, std::size_t Vectors>
inline void add_vector(const float* source, const float (&value)[sparse_group], Vector (&sum)[sparse_group][Vectors]) {
  const Vector b = Rows::template vector<V>(source);
#pragma GCC unroll 4
  for (std::size_t r = 0; r < sparse_group; ++r) sum[r][V] += value[r] * b;
}

/// The entries [first, end) against one panel, the sums of a group of rows in registers.
template <class Rows>
void sparse_kernel(const SparseGroups& s, std::size_t first, std::size_t end, const float* panel,
                   const float* const (&start)[sparse_group], float* const (&c)[sparse_group], const float* leak) {
  constexpr std::size_t vectors = sparse_width / lanes;
  constexpr std::size_t ahead = 16;  // entries from the prefetch of a panel row to its use
  Vector sum[sparse_group][vectors];
  for (std::size_t r = 0; r < sparse_group; ++r) {
    for (std::size_t v = 0; v < vectors; ++v) sum[r][v] = load(start[r] + v * lanes);
  }
  for (std::size_t e = first; e < end; ++e) {
    const float* coming = panel + s.index[e + ahead < end ? e + ahead : e] * Rows::row_floats;
    for (std::size_t line = 0; line < Rows::row_floats; line += 16) __builtin_prefetch(coming + line);
    const float* source = panel + s.index[e] * Rows::row_floats;
    float value[sparse_group];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < sparse_group; ++r) value[r] = s.value[e * sparse_group + r];
    add_vector<Rows, 0>(source, value, sum);
    add_vector<Rows, 1>(source, value, sum);
    add_vector<Rows, 2>(source, value, sum);
    add_vector<Rows, 3>(source, value, sum);
  }
  for (std::size_t r = 0; r < sparse_group; ++r) {
    for (std::size_t v = 0; v < vectors; ++v) {
      store(c[r] + v * lanes, leak ? leaky(sum[r][v], *leak) : sum[r][v]);
    }
  }
}

/// What one group of rows of C starts from and goes to, for one panel.
struct SparseTarget {
  const std::uint32_t* row;
  float* c;                ///< first row of C, at the first column of the panel
  std::size_t c_row;
  const float* start;      ///< null: zero
  std::size_t start_row;   ///< 0: the same row for all
  std::size_t valid;       ///< columns of the panel that C has
};

template <class Rows>
void sparse_group_times_panel(const SparseGroups& s, std::size_t first, std::size_t end, const float* panel,
                              const SparseTarget& target, const float* leak) {
  // Whatever is no whole row of C goes through a block of its own, so that nothing is read or written beside C.
  float blocks[sparse_group][sparse_width];
  float starts[sparse_group][sparse_width];
  const float* start[sparse_group];
  float* c[sparse_group];
  for (std::size_t r = 0; r < sparse_group; ++r) {
    const bool absent = target.row[r] == no_row;
    const float* from = absent || !target.start ? nullptr : target.start + target.row[r] * target.start_row;
    const bool whole = target.valid == sparse_width;
    c[r] = absent || !whole ? blocks[r] : target.c + target.row[r] * target.c_row;
    start[r] = from && whole ? from : starts[r];
    if (from && whole) continue;
    for (std::size_t j = 0; j < sparse_width; ++j) starts[r][j] = from && j < target.valid ? from[j] : 0;
  }
  sparse_kernel<Rows>(s, first, end, panel, start, c, leak);
  for (std::size_t r = 0; r < sparse_group; ++r) {
    if (target.row[r] == no_row || c[r] != blocks[r]) continue;
    for (std::size_t j = 0; j < target.valid; ++j) target.c[target.row[r] * target.c_row + j] = blocks[r][j];
  }
}

template <class Rows>
void sparse_multiply_slices(const SparseGroups& s, std::size_t first, std::size_t end, const float* panels,
                            std::size_t depth, std::size_t first_column, std::size_t end_column, float* c,
                            std::size_t c_row, const ProductFrame& frame) {
  // The entries of a slice are met by all panels before the next slice: they stay in the cache.
  for (std::size_t slice = 0; slice < s.slices; ++slice) {
    for (std::size_t column = first_column; column < end_column; column += sparse_width) {
      for (std::size_t group = first; group < end; ++group) {
        const bool accumulate = slice > 0 || frame.accumulate;
        const std::size_t* offset = s.offset + group * s.slices + slice;
        const SparseTarget target{
            .row = s.row + group * sparse_group,
            .c = c + column,
            .c_row = c_row,
            .start = accumulate ? c + column : frame.bias ? frame.bias + column : nullptr,
            .start_row = accumulate ? c_row : 0,
            .valid = end_column - column < sparse_width ? end_column - column : sparse_width,
        };
        sparse_group_times_panel<Rows>(s, offset[0], offset[1],
                                       panels + column / sparse_width * Rows::row_floats * depth, target,
                                       slice + 1 == s.slices ? frame.leak : nullptr);
      }
    }
  }
}

void sparse_multiply(const SparseGroups& s, std::size_t first, std::size_t end, const float* panels,
                     std::size_t depth, std::size_t first_column, std::size_t end_column, float* c,
                     std::size_t c_row, const ProductFrame& frame) {
  sparse_multiply_slices<WholeRows>(s, first, end, panels, depth, first_column, end_column, c, c_row, frame);
}

}  // namespace
}  // namespace caloscope

#include "cpu/kernels/bfloat16_kernels.inl"
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
    .bfloat16 = bfloat16_kernels,
    .standardise = standardise,
    .leaky_slope = leaky_slope,
    .dropout = dropout,
    .adam = adam,
    .fill = &fill_kernels,
};

}  // namespace CALOSCOPE_KERNELS_NAME
}  // namespace caloscope
