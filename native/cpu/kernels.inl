// THE kernel source. Included by kernels_*.cc after they defined
//   CALOSCOPE_KERNELS_NAME   the namespace and name of the set
//   CALOSCOPE_VECTOR_BYTES   width of a register
//   CALOSCOPE_ROW_BLOCK      rows of C that one micro-kernel keeps in registers (two registers each)
// No standard library header with code may be included here: an inline function that the linker takes from the
// AVX-512 object would then run on every machine.

#include "cpu/kernel_set.h"

namespace caloscope {
namespace {

typedef float Vector __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));
typedef float Unaligned __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES), aligned(4)));

constexpr std::size_t lanes = CALOSCOPE_VECTOR_BYTES / sizeof(float);
constexpr std::size_t width = 2 * lanes;
constexpr std::size_t row_block = CALOSCOPE_ROW_BLOCK;

inline Vector load(const float* p) { return *reinterpret_cast<const Unaligned*>(p); }
inline void store(float* p, Vector v) { *reinterpret_cast<Unaligned*>(p) = v; }

void pack(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth, std::size_t columns,
          float* panels) {
  for (std::size_t first = 0; first < columns; first += width) {
    const std::size_t valid = columns - first < width ? columns - first : width;
    for (std::size_t k = 0; k < depth; ++k) {
      const float* source = b + static_cast<std::ptrdiff_t>(k) * b_row + static_cast<std::ptrdiff_t>(first) * b_column;
      for (std::size_t j = 0; j < valid; ++j) panels[j] = source[static_cast<std::ptrdiff_t>(j) * b_column];
      for (std::size_t j = valid; j < width; ++j) panels[j] = 0;
      panels += width;
    }
  }
}

/// R rows of C against one panel, the accumulators in registers for the whole depth.
template <std::size_t R>
void micro_kernel(const float* a, std::ptrdiff_t a_row, std::ptrdiff_t a_column, const float* panel,
                  std::size_t depth, float* c, std::size_t c_row, bool accumulate) {
  Vector sum[R][2];
  for (std::size_t r = 0; r < R; ++r) {
    sum[r][0] = accumulate ? load(c + r * c_row) : Vector{};
    sum[r][1] = accumulate ? load(c + r * c_row + lanes) : Vector{};
  }
  for (std::size_t k = 0; k < depth; ++k) {
    const Vector b0 = load(panel);
    const Vector b1 = load(panel + lanes);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
      const float factor = a[static_cast<std::ptrdiff_t>(r) * a_row];
      sum[r][0] += factor * b0;
      sum[r][1] += factor * b1;
    }
    a += a_column;
    panel += width;
  }
  for (std::size_t r = 0; r < R; ++r) {
    store(c + r * c_row, sum[r][0]);
    store(c + r * c_row + lanes, sum[r][1]);
  }
}

using MicroKernel = void (*)(const float*, std::ptrdiff_t, std::ptrdiff_t, const float*, std::size_t, float*,
                             std::size_t, bool);

template <std::size_t R>
MicroKernel micro_kernel_of(std::size_t rows) {
  if constexpr (R == 0) return nullptr;
  else return rows == R ? micro_kernel<R> : micro_kernel_of<R - 1>(rows);
}

/// The last panel when it is not full: through a block of its own, so that nothing is written beside C.
void edge_kernel(MicroKernel kernel, std::size_t rows, std::size_t valid, const float* a, std::ptrdiff_t a_row,
                 std::ptrdiff_t a_column, const float* panel, std::size_t depth, float* c, std::size_t c_row,
                 bool accumulate) {
  float block[row_block * width] = {};
  for (std::size_t r = 0; accumulate && r < rows; ++r) {
    for (std::size_t j = 0; j < valid; ++j) block[r * width + j] = c[r * c_row + j];
  }
  kernel(a, a_row, a_column, panel, depth, block, width, accumulate);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < valid; ++j) c[r * c_row + j] = block[r * width + j];
  }
}

void multiply(const float* a, std::ptrdiff_t a_row, std::ptrdiff_t a_column, const float* panels, std::size_t rows,
              std::size_t columns, std::size_t depth, float* c, std::size_t c_row, bool accumulate) {
  for (std::size_t column = 0; column < columns; column += width) {
    const float* panel = panels + column * depth;
    const std::size_t valid = columns - column < width ? columns - column : width;
    for (std::size_t row = 0; row < rows; row += row_block) {
      const std::size_t block = rows - row < row_block ? rows - row : row_block;
      const MicroKernel kernel = micro_kernel_of<row_block>(block);
      const float* a_block = a + static_cast<std::ptrdiff_t>(row) * a_row;
      float* c_block = c + row * c_row + column;
      if (valid == width) {
        kernel(a_block, a_row, a_column, panel, depth, c_block, c_row, accumulate);
      } else {
        edge_kernel(kernel, block, valid, a_block, a_row, a_column, panel, depth, c_block, c_row, accumulate);
      }
    }
  }
}

/// N registers' worth of columns, kept in registers over all entries of a row.
template <std::size_t N>
void sparse_columns(const SparseRows& s, std::size_t first, std::size_t end, const float* w, std::size_t stride,
                    float* c) {
  for (std::size_t row = first; row < end; ++row) {
    float* target = c + row * stride;
    Vector sum[N];
    for (std::size_t n = 0; n < N; ++n) sum[n] = load(target + n * lanes);
    for (std::size_t e = s.offset[row]; e < s.offset[row + 1]; ++e) {
      const float* source = w + s.index[e] * stride;
#pragma GCC unroll 8
      for (std::size_t n = 0; n < N; ++n) sum[n] += s.value[e] * load(source + n * lanes);
    }
    for (std::size_t n = 0; n < N; ++n) store(target + n * lanes, sum[n]);
  }
}

void sparse_multiply(const SparseRows& s, std::size_t first, std::size_t end, const float* w, std::size_t stride,
                     std::size_t first_column, std::size_t end_column, float* c) {
  std::size_t column = first_column;
  for (; column + 8 * lanes <= end_column; column += 8 * lanes) {
    sparse_columns<8>(s, first, end, w + column, stride, c + column);
  }
  for (; column + lanes <= end_column; column += lanes) {
    sparse_columns<1>(s, first, end, w + column, stride, c + column);
  }
  for (; column < end_column; ++column) {
    for (std::size_t row = first; row < end; ++row) {
      float sum = c[row * stride + column];
      for (std::size_t e = s.offset[row]; e < s.offset[row + 1]; ++e) {
        sum += s.value[e] * w[s.index[e] * stride + column];
      }
      c[row * stride + column] = sum;
    }
  }
}

void adam(const AdamStep& step, std::size_t count, const float* gradient, float* first_moment, float* second_moment,
          float* parameter) {
  for (std::size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float m = step.beta1 * first_moment[i] + (1 - step.beta1) * g;
    const float v = step.beta2 * second_moment[i] + (1 - step.beta2) * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    parameter[i] -= step.decay * parameter[i] + step.rate * m / (__builtin_sqrtf(v) + step.epsilon);
  }
}

}  // namespace

#define CALOSCOPE_TEXT_(x) #x
#define CALOSCOPE_TEXT(x) CALOSCOPE_TEXT_(x)

namespace CALOSCOPE_KERNELS_NAME {

extern const KernelSet kernels;
const KernelSet kernels{
    CALOSCOPE_TEXT(CALOSCOPE_KERNELS_NAME), width, pack, multiply, sparse_multiply, adam,
};

}  // namespace CALOSCOPE_KERNELS_NAME
}  // namespace caloscope
