// The loops of histograms, compiled once for each instruction set as matrix_kernels.cc is (its CALOSCOPE_KERNELS_NAME and
// CALOSCOPE_VECTOR_BYTES apply; no standard library header with code here either), but without contraction of products
// and sums, so that all sets give the same bits.

#include "cpu/kernels/fill_kernels.h"

namespace caloscope {
namespace {

constexpr std::size_t lanes = CALOSCOPE_VECTOR_BYTES / sizeof(double);

typedef double Vector __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));
typedef double UnalignedVector __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES), aligned(8)));
typedef float HalfVector __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES / 2)));
typedef float UnalignedHalf __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES / 2), aligned(4)));
typedef std::int64_t Mask __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));
typedef std::uint32_t Words __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));
typedef std::uint32_t UnalignedWords __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES), aligned(4)));

inline Vector load(const double* p) { return *reinterpret_cast<const UnalignedVector*>(p); }
inline Vector load(const float* p) {
  return __builtin_convertvector(static_cast<HalfVector>(*reinterpret_cast<const UnalignedHalf*>(p)), Vector);
}
inline Vector all(double value) { return value - Vector{}; }

/// Adding it to a number from 0 to 2^32 leaves the nearest whole number in the low bits.
constexpr double whole = 4503599627370496.0;  // 2^52

/// The low 32 bits of every element of two vectors.
inline Words low_words(Vector a, Vector b) {
  const auto x = reinterpret_cast<Words>(a);
  const auto y = reinterpret_cast<Words>(b);
#if CALOSCOPE_VECTOR_BYTES == 16
  return __builtin_shufflevector(x, y, 0, 2, 4, 6);
#elif CALOSCOPE_VECTOR_BYTES == 32
  return __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14);
#else
  return __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#endif
}

/// int(z·bins) and the flow cells as HistogramAxis defines them, by division; NaN gives 2^32 - 1.
inline Vector divided_cell(const RegularCells& axis, Vector x) {
  const Vector z = (x - axis.lower) / axis.width;
  const Vector scaled = z * axis.bins;
  // Rounded down; what is not in [0, bins] is replaced below.
  const Vector nearest = (scaled + whole) - whole;
  const Vector bin = nearest > scaled ? nearest - 1 : nearest;
  const Vector above = x <= axis.closed_upper ? all(axis.bins) : all(axis.bins + 1);
  Vector cell = bin < axis.bins ? bin + 1 : above;
  cell = z < 1 ? cell : above;
  cell = z < 0 ? Vector{} : cell;
  return x == x ? cell : all(4294967295.0);
}

/// 2·lanes rows by division.
template <class T>
void divide(const RegularCells& axis, const T* x, std::uint32_t* cells) {
  const Words words = low_words(divided_cell(axis, load(x)) + whole, divided_cell(axis, load(x + lanes)) + whole);
  const Words stepped = words * axis.stride;
  *reinterpret_cast<UnalignedWords*>(cells) = words == ~0U ? axis.nowhere - Words{} : stepped;
}

/// Without dividing; false where a row is too near the border of a cell for that.
template <class T>
bool scale(const RegularCells& axis, const T* x, std::size_t rows, std::uint32_t* cells) {
  const Vector factor = all(axis.scale);
  const Vector offset = all(axis.offset);
  const Vector lowest = all(0.0);
  const Vector highest = all(axis.bins + 1);
  const Vector limit = all(0.5 - axis.margin);
  const Mask magnitude = 0x7fffffffffffffffLL - Mask{};
  Mask clear = ~Mask{};
  for (std::size_t i = 0; i < rows; i += 2 * lanes) {
    __builtin_prefetch(x + i + fill_block_rows);
    // Written so that NaN stays NaN, and is not clear of the borders.
    Vector a = load(x + i) * factor + offset;
    Vector b = load(x + i + lanes) * factor + offset;
    a = lowest > a ? lowest : a;
    b = lowest > b ? lowest : b;
    a = highest < a ? highest : a;
    b = highest < b ? highest : b;
    const Vector whole_a = a + whole;
    const Vector whole_b = b + whole;
    const Vector off_a = a - (whole_a - whole);
    const Vector off_b = b - (whole_b - whole);
    clear &= reinterpret_cast<Vector>(reinterpret_cast<Mask>(off_a) & magnitude) < limit;
    clear &= reinterpret_cast<Vector>(reinterpret_cast<Mask>(off_b) & magnitude) < limit;
    *reinterpret_cast<UnalignedWords*>(cells + i) = low_words(whole_a, whole_b) * axis.stride;
  }
  std::int64_t all_clear = -1;
  for (std::size_t lane = 0; lane < lanes; ++lane) all_clear &= clear[lane];
  return all_clear != 0;
}

template <class T>
void regular(const RegularCells& axis, const T* x, std::size_t rows, std::uint32_t* cells) {
  constexpr std::size_t stretch = 128;
  const std::size_t full = rows - rows % (2 * lanes);
  bool clear = true;
  for (std::size_t first = 0; first < full; first += stretch) {
    const std::size_t count = full - first < stretch ? full - first : stretch;
    // Where one row is near a border, others are, as with whole numbers.
    clear = clear && scale(axis, x + first, count, cells + first);
    for (std::size_t i = first; !clear && i < first + count; i += 2 * lanes) divide(axis, x + i, cells + i);
  }
  if (full == rows) return;
  T last_x[2 * lanes] = {};
  std::uint32_t last_cells[2 * lanes];
  for (std::size_t i = full; i < rows; ++i) last_x[i - full] = x[i];
  divide(axis, last_x, last_cells);
  for (std::size_t i = full; i < rows; ++i) cells[i] = last_cells[i - full];
}

/// `Steps` above 0 is axis.steps, known when compiled.
template <std::uint32_t Steps, EdgeGuess Guess, class T>
void edge_rows(const EdgeCells& axis, const T* x, std::size_t rows, std::uint32_t* cells) {
  const std::uint32_t steps = Steps > 0 ? Steps : axis.steps;
  const double* const edges = axis.edges;
  for (std::size_t i = 0; i < rows; ++i) {
    __builtin_prefetch(x + i + fill_block_rows);
    const auto value = static_cast<double>(x[i]);
    const std::uint32_t guess = Guess == EdgeGuess::linear
                                    ? linear_guess(value, axis.lower, axis.scale, axis.last_guess)
                                    : bits_guess(value, axis.base, axis.shift, axis.last_guess);
    std::uint32_t cell = axis.first[guess];
    for (std::uint32_t step = steps; step-- > 0;) {
      const std::uint32_t half = 1U << step;
      cell += edges[cell + half - 1] <= value ? half : 0;
    }
    cells[i] = value == value ? cell * axis.stride : axis.nowhere;
  }
}

template <EdgeGuess Guess, class T>
void edges_by(const EdgeCells& axis, const T* x, std::size_t rows, std::uint32_t* cells) {
  if (axis.steps == 1) edge_rows<1, Guess>(axis, x, rows, cells);
  else if (axis.steps == 2) edge_rows<2, Guess>(axis, x, rows, cells);
  else edge_rows<0, Guess>(axis, x, rows, cells);
}

template <class T>
void edges(const EdgeCells& axis, const T* x, std::size_t rows, std::uint32_t* cells) {
  if (axis.guess == EdgeGuess::linear) edges_by<EdgeGuess::linear>(axis, x, rows, cells);
  else edges_by<EdgeGuess::bits>(axis, x, rows, cells);
}

void combine(const std::uint32_t* more, std::size_t rows, std::uint32_t nowhere, std::uint32_t* cells) {
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint32_t sum = cells[i] + more[i];
    cells[i] = sum < nowhere ? sum : nowhere;
  }
}

std::size_t count_nowhere(const std::uint32_t* cells, std::size_t rows, std::uint32_t nowhere) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < rows; ++i) count += cells[i] == nowhere ? 1 : 0;
  return count;
}

// Σw and Σw² of a cell are added in one register, those of two weight columns too where it is wide enough. `checked`
// becomes NaN once a weight is not finite.
typedef double Pair __attribute__((vector_size(16)));
typedef double UnalignedPair __attribute__((vector_size(16), aligned(8)));

inline void add_to(double* sums, Pair pair) { *reinterpret_cast<UnalignedPair*>(sums) += pair; }

#if CALOSCOPE_VECTOR_BYTES == 16

using Checked = Pair;

/// w and w² of four rows.
template <class T>
inline void pairs_of(const T* weights, Pair* pairs, Checked& checked) {
  for (std::size_t half = 0; half < 2; ++half) {
    const Pair w = load(weights + 2 * half);
    const Pair squares = w * w;
    checked += w * 0.0;
    pairs[2 * half] = __builtin_shufflevector(w, squares, 0, 2);
    pairs[2 * half + 1] = __builtin_shufflevector(w, squares, 1, 3);
  }
}

struct TwoPairs {
  Pair first, second;
};

inline void add_to(double* sums, TwoPairs pairs) {
  add_to(sums, pairs.first);
  add_to(sums + 2, pairs.second);
}

/// v, v², w and w² of four rows.
template <class V, class W>
inline void two_pairs_of(const V* first, const W* second, TwoPairs* pairs, Checked& checked) {
  Pair of_first[4];
  Pair of_second[4];
  pairs_of(first, of_first, checked);
  pairs_of(second, of_second, checked);
  for (std::size_t k = 0; k < 4; ++k) pairs[k] = {of_first[k], of_second[k]};
}

#else

typedef double TwoPairs __attribute__((vector_size(32)));
typedef double UnalignedTwoPairs __attribute__((vector_size(32), aligned(8)));
typedef float FourFloats __attribute__((vector_size(16)));
typedef float UnalignedFourFloats __attribute__((vector_size(16), aligned(4)));
using Checked = TwoPairs;

inline void add_to(double* sums, TwoPairs pairs) { *reinterpret_cast<UnalignedTwoPairs*>(sums) += pairs; }

inline TwoPairs load_four(const double* p) { return *reinterpret_cast<const UnalignedTwoPairs*>(p); }
inline TwoPairs load_four(const float* p) {
  return __builtin_convertvector(static_cast<FourFloats>(*reinterpret_cast<const UnalignedFourFloats*>(p)), TwoPairs);
}

/// w and w² of the rows 0 and 2, and of 1 and 3.
template <class T>
inline void interleave(const T* weights, TwoPairs& even, TwoPairs& odd, Checked& checked) {
  const TwoPairs w = load_four(weights);
  const TwoPairs squares = w * w;
  checked += w * 0.0;
  even = __builtin_shufflevector(w, squares, 0, 4, 2, 6);
  odd = __builtin_shufflevector(w, squares, 1, 5, 3, 7);
}

/// w and w² of four rows.
template <class T>
inline void pairs_of(const T* weights, Pair* pairs, Checked& checked) {
  TwoPairs even, odd;
  interleave(weights, even, odd, checked);
  pairs[0] = __builtin_shufflevector(even, even, 0, 1);
  pairs[1] = __builtin_shufflevector(odd, odd, 0, 1);
  pairs[2] = __builtin_shufflevector(even, even, 2, 3);
  pairs[3] = __builtin_shufflevector(odd, odd, 2, 3);
}

/// v, v², w and w² of four rows.
template <class V, class W>
inline void two_pairs_of(const V* first, const W* second, TwoPairs* pairs, Checked& checked) {
  TwoPairs even_first, odd_first, even_second, odd_second;
  interleave(first, even_first, odd_first, checked);
  interleave(second, even_second, odd_second, checked);
  pairs[0] = __builtin_shufflevector(even_first, even_second, 0, 1, 4, 5);
  pairs[1] = __builtin_shufflevector(odd_first, odd_second, 0, 1, 4, 5);
  pairs[2] = __builtin_shufflevector(even_first, even_second, 2, 3, 6, 7);
  pairs[3] = __builtin_shufflevector(odd_first, odd_second, 2, 3, 6, 7);
}

#endif

inline bool all_finite(Checked checked) {
  double sum = 0;
  for (std::size_t lane = 0; lane < sizeof(Checked) / sizeof(double); ++lane) sum += checked[lane];
  return sum == 0;
}

template <std::size_t Copies, class W>
bool add_rows(const std::uint32_t* cells, const W* weights, std::size_t rows, double* sums) {
  Checked checked{};
  Pair pairs[8];
  std::size_t i = 0;
  for (; i + 8 <= rows; i += 8) {
    __builtin_prefetch(weights + i + fill_block_rows);
    pairs_of(weights + i, pairs, checked);
    pairs_of(weights + i + 4, pairs + 4, checked);
#pragma GCC unroll 8
    for (std::size_t k = 0; k < 8; ++k) add_to(sums + cells[i + k] + 2 * (k % Copies), pairs[k]);
  }
  for (; i < rows; ++i) {
    const W last[4] = {weights[i]};
    pairs_of(last, pairs, checked);
    add_to(sums + cells[i] + 2 * (i % Copies), pairs[0]);
  }
  return all_finite(checked);
}

template <std::size_t Copies, class V, class W>
bool add_two_rows(const std::uint32_t* cells, const V* first, const W* second, std::size_t rows, double* sums) {
  Checked checked{};
  TwoPairs pairs[4];
  std::size_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    __builtin_prefetch(first + i + fill_block_rows);
    __builtin_prefetch(second + i + fill_block_rows);
    two_pairs_of(first + i, second + i, pairs, checked);
#pragma GCC unroll 4
    for (std::size_t k = 0; k < 4; ++k) add_to(sums + cells[i + k] + 4 * (k % Copies), pairs[k]);
  }
  for (; i < rows; ++i) {
    const V last_first[4] = {first[i]};
    const W last_second[4] = {second[i]};
    two_pairs_of(last_first, last_second, pairs, checked);
    add_to(sums + cells[i] + 4 * (i % Copies), pairs[0]);
  }
  return all_finite(checked);
}

template <class W>
bool add(const std::uint32_t* cells, const W* weights, std::size_t rows, std::size_t copies, double* sums) {
  if (copies == 1) return add_rows<1>(cells, weights, rows, sums);
  if (copies == 2) return add_rows<2>(cells, weights, rows, sums);
  return add_rows<4>(cells, weights, rows, sums);
}

template <class V, class W>
bool add_two(const std::uint32_t* cells, const V* first, const W* second, std::size_t rows, std::size_t copies,
             double* sums) {
  if (copies == 1) return add_two_rows<1>(cells, first, second, rows, sums);
  if (copies == 2) return add_two_rows<2>(cells, first, second, rows, sums);
  return add_two_rows<4>(cells, first, second, rows, sums);
}

void count(const std::uint32_t* cells, std::size_t rows, std::size_t copies, std::uint64_t* counts) {
  for (std::size_t i = 0; i < rows; ++i) ++counts[cells[i] / 2 + (i & (copies - 1))];
}

}  // namespace

namespace CALOSCOPE_KERNELS_NAME {

extern const FillKernels fill_kernels;
const FillKernels fill_kernels{
    .regular_float = regular<float>,
    .regular_double = regular<double>,
    .edges_float = edges<float>,
    .edges_double = edges<double>,
    .combine = combine,
    .count_nowhere = count_nowhere,
    .add_float = add<float>,
    .add_double = add<double>,
    .add_float_float = add_two<float, float>,
    .add_float_double = add_two<float, double>,
    .add_double_float = add_two<double, float>,
    .add_double_double = add_two<double, double>,
    .count = count,
};

}  // namespace CALOSCOPE_KERNELS_NAME
}  // namespace caloscope
