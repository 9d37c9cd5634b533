// Products of bfloat16 factors with float32 sums; part of matrix_kernels.cc. Two numbers that follow on each other along the
// depth share 32 bits, the first in the low half: so the hardware wants them where it multiplies pairs
// (CALOSCOPE_BFLOAT16_DOT), and elsewhere a shift and a mask turn them into float32.

namespace caloscope {
namespace {

typedef std::uint32_t Bits __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));
typedef std::uint32_t UnalignedBits __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES), aligned(4)));

constexpr std::size_t pair_row_block = CALOSCOPE_PAIR_ROW_BLOCK;

inline Bits load_bits(const std::uint32_t* p) { return *reinterpret_cast<const UnalignedBits*>(p); }
inline Vector low_halves(Bits pairs) { return reinterpret_cast<Vector>(pairs << 16); }
inline Vector high_halves(Bits pairs) { return reinterpret_cast<Vector>(pairs & 0xFFFF0000U); }

/// Two float32 to bfloat16, each to nearest, ties to even. Not for NaN.
inline std::uint32_t rounded_pair(float low, float high) {
  const std::uint32_t l = __builtin_bit_cast(std::uint32_t, low);
  const std::uint32_t h = __builtin_bit_cast(std::uint32_t, high);
  return ((l + 0x7FFF + (l >> 16 & 1)) >> 16) | ((h + 0x7FFF + (h >> 16 & 1)) & 0xFFFF0000U);
}

void round_pairs(const float* x, std::size_t count, std::uint32_t* pairs) {
  for (std::size_t i = 0; i + 1 < count; i += 2) pairs[i / 2] = rounded_pair(x[i], x[i + 1]);
  if (count % 2 == 1) pairs[count / 2] = rounded_pair(x[count - 1], 0);
}

void pack_pairs(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t depth,
                std::size_t columns, std::size_t panel_pairs, std::uint32_t* panels) {
  const auto at = [=](std::size_t k, std::size_t j) {
    return b[static_cast<std::ptrdiff_t>(k) * b_row + static_cast<std::ptrdiff_t>(j) * b_column];
  };
  for (std::size_t first = 0; first < columns; first += width, panels += width * panel_pairs) {
    const std::size_t end = columns - first < width ? columns : first + width;
    for (std::size_t k = 0; k < depth; k += 2) {
      std::uint32_t* row = panels + k / 2 * width;
      if (k + 1 < depth) {
        for (std::size_t j = first; j < end; ++j) row[j - first] = rounded_pair(at(k, j), at(k + 1, j));
      } else {
        for (std::size_t j = first; j < end; ++j) row[j - first] = rounded_pair(at(k, j), 0);
      }
      for (std::size_t j = end; j < first + width; ++j) row[j - first] = 0;
    }
  }
}

/// In the panels of a sparse product a pair is the same column of two vectors that lie beside each other.
void pack_sparse_pairs(const float* b, std::ptrdiff_t b_row, std::size_t depth, std::size_t columns,
                       std::size_t panel_depth, std::uint32_t* panels) {
  for (std::size_t first = 0; first < columns; first += sparse_width, panels += sparse_width / 2 * panel_depth) {
    std::uint32_t* out = panels;
    for (std::size_t k = 0; k < depth; ++k) {
      const float* row = b + static_cast<std::ptrdiff_t>(k) * b_row;
      for (std::size_t pair = first; pair < first + sparse_width; pair += 2 * lanes) {
        for (std::size_t j = pair; j < pair + lanes; ++j) {
          *out++ = rounded_pair(j < columns ? row[j] : 0, j + lanes < columns ? row[j + lanes] : 0);
        }
      }
    }
  }
}

void pack_rows_of_pairs(const float* a, std::size_t a_column, std::size_t rows, std::size_t depth,
                        std::uint32_t* packed) {
  for (std::size_t row = 0; row < rows;) {
    const std::size_t block = rows_at_once<pair_row_block>(rows - row);
    for (std::size_t k = 0; k < depth; k += 2) {
      const float* low = a + k * a_column + row;
      for (std::size_t r = 0; r < block; ++r) *packed++ = rounded_pair(low[r], k + 1 < depth ? low[a_column + r] : 0);
    }
    row += block;
  }
}

/// sum += a·b over both halves.
inline Vector add_pair_product(Vector sum, Bits a, Bits b) {
#ifdef CALOSCOPE_BFLOAT16_DOT
  return reinterpret_cast<Vector>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(a),
                                                   reinterpret_cast<__m512bh>(b)));
#else
  sum += low_halves(a) * low_halves(b);
  return sum + high_halves(a) * high_halves(b);
#endif
}

template <std::size_t R>
void pair_kernel(const Slice& slice) {
  Vector sum[R][2];
  for (std::size_t r = 0; r < R; ++r) {
    sum[r][0] = slice.start ? load(slice.start + r * slice.start_row) : Vector{};
    sum[r][1] = slice.start ? load(slice.start + r * slice.start_row + lanes) : Vector{};
  }
  const auto* a = reinterpret_cast<const std::uint32_t*>(slice.a);
  const auto* panel = reinterpret_cast<const std::uint32_t*>(slice.panel);
  for (std::size_t k = slice.depth; k > 0; --k) {
    const Bits b0 = load_bits(panel);
    const Bits b1 = load_bits(panel + lanes);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
      const Bits factor = a[r * slice.a_row] + Bits{};
      sum[r][0] = add_pair_product(sum[r][0], factor, b0);
      sum[r][1] = add_pair_product(sum[r][1], factor, b1);
    }
    a += slice.a_column;
    panel += width;
  }
  for (std::size_t r = 0; r < R; ++r) {
    float* c = slice.c + r * slice.c_row;
    store(c, slice.leak ? leaky(sum[r][0], *slice.leak) : sum[r][0]);
    store(c + lanes, slice.leak ? leaky(sum[r][1], *slice.leak) : sum[r][1]);
  }
}

template <std::size_t R>
MicroKernel pair_kernel_of(std::size_t rows) {
  if constexpr (R == 0) return nullptr;
  else return rows == R ? pair_kernel<R> : pair_kernel_of<R - 1>(rows);
}

LeftMatrix as_words(const LeftPairs& a) { return {reinterpret_cast<const float*>(a.data), a.stride}; }

void multiply_pairs(const LeftPairs& a, const std::uint32_t* panels, std::size_t rows, std::size_t columns,
                    std::size_t depth, float* c, std::size_t c_row, const ProductFrame& frame) {
  multiply_slices<pair_row_block, pair_kernel_of<pair_row_block>>(
      as_words(a), reinterpret_cast<const float*>(panels), rows, columns, (depth + 1) / 2, c, c_row, frame);
}

/// A row of a sparse panel as vectors, from pairs.
struct PairRows {
  static constexpr std::size_t row_floats = sparse_width / 2;
  template <std::size_t V>
  static Vector vector(const float* row) {
    const Bits pairs = load_bits(reinterpret_cast<const std::uint32_t*>(row) + V / 2 * lanes);
    return V % 2 == 0 ? low_halves(pairs) : high_halves(pairs);
  }
};

void sparse_multiply_pairs(const SparseMatrix& s, const std::uint32_t* panels, std::size_t columns, std::size_t depth,
                           float* c, std::size_t c_row, const ProductFrame& frame) {
  sparse_multiply_panels<PairRows>(s, reinterpret_cast<const float*>(panels), columns, depth, c, c_row, frame);
}

/// Measured as `crowded`. An instruction for pairs helps the dense kernel alone.
#ifdef __AVX512BF16__
constexpr Crowded crowded_pairs{0.28, 0.2};
#else
constexpr Crowded crowded_pairs{0.6, 0.4};
#endif

constexpr Bfloat16Kernels bfloat16_kernels{
    .round = round_pairs,
    .pack = pack_pairs,
    .pack_sparse = pack_sparse_pairs,
    .pack_rows = pack_rows_of_pairs,
    .multiply = multiply_pairs,
    .sparse_multiply = sparse_multiply_pairs,
    .crowded = crowded_pairs,
};

}  // namespace
}  // namespace caloscope
