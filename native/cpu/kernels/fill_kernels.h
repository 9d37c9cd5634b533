#pragma once

#include <cstddef>
#include <cstdint>

namespace caloscope {

/// The most rows of one call. Their cells, coordinates and weights stay in the first cache. The kernels fetch ahead what
/// the call for the next rows reads: columns are visited in turn, a page each, which processors do not foresee.
constexpr std::size_t fill_block_rows = 512;

/// A regular axis as the kernels see it. The bin of x is int(z·bins), z = (x - lower)/width. Without dividing,
/// p = x·scale + offset is half a unit above the cell where the rounding of p and of z cannot matter: unless p is
/// within `margin` of the border of a cell. Rows that are nearer are divided.
struct RegularCells {
  double lower, width, bins;
  /// Largest x of the last bin that z alone would put into overflow: `upper` for a closed last bin, otherwise -∞.
  double closed_upper;
  double scale, offset, margin;
  /// What one cell, and what NaN, gives.
  std::uint32_t stride, nowhere;
};

/// How `EdgeCells` guesses: by equal steps in x, or in the leading bits of x, which are roughly its logarithm.
enum class EdgeGuess : std::uint32_t { linear, bits };

/// An axis given by its edges: the cell of x is the number of edges ≤ x. A guess g(x), which never falls where x rises,
/// leaves the edges e with g(e) = g(x) to be compared with x, at most 2^steps - 1 of them: `first[g]` edges are below.
struct EdgeCells {
  const double* edges;         // followed by 2^steps times NaN
  const std::uint32_t* first;  // last_guess + 1 of them
  std::uint32_t last_guess, steps;
  EdgeGuess guess;
  double lower, scale;          // linear
  std::int32_t base;            // bits
  std::uint32_t shift;
  std::uint32_t stride, nowhere;
};

/// The linear guess; NaN gives 0. Static: kernel objects may not share code.
static inline std::uint32_t linear_guess(double x, double lower, double scale, std::uint32_t last) {
  double position = (x - lower) * scale;
  position = position > 0 ? position : 0;
  position = position < last ? position : last;
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(position));
}

/// The leading 32 bits of x as a number that rises with x; -0 and 0 give the same.
static inline std::int32_t leading_bits(double x) {
  const double positive_zero = x + 0.0;
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &positive_zero, sizeof(bits));
  const auto leading = static_cast<std::int32_t>(static_cast<std::uint32_t>(bits >> 32));
  return leading ^ static_cast<std::int32_t>(static_cast<std::uint32_t>(leading >> 31) >> 1);
}

static inline std::uint32_t bits_guess(double x, std::int32_t base, std::uint32_t shift, std::uint32_t last) {
  const std::int32_t leading = leading_bits(x);
  if (leading <= base) return 0;
  const std::uint32_t step = (static_cast<std::uint32_t>(leading) - static_cast<std::uint32_t>(base)) >> shift;
  return step < last ? step : last;
}

/// The inner loops of histograms, compiled once for each instruction set from one source (fill_kernels.cc). All sets
/// give the same bits.
struct FillKernels {
  /// cells[i] = cell(x[i])·stride, or `nowhere` for NaN.
  void (*regular_float)(const RegularCells& axis, const float* x, std::size_t rows, std::uint32_t* cells);
  void (*regular_double)(const RegularCells& axis, const double* x, std::size_t rows, std::uint32_t* cells);
  void (*edges_float)(const EdgeCells& axis, const float* x, std::size_t rows, std::uint32_t* cells);
  void (*edges_double)(const EdgeCells& axis, const double* x, std::size_t rows, std::uint32_t* cells);

  /// cells[i] += more[i]; `nowhere` on either side stays. `nowhere` is above every sum and at most 2^31.
  void (*combine)(const std::uint32_t* more, std::size_t rows, std::uint32_t nowhere, std::uint32_t* cells);

  /// How many of `cells` are `nowhere`.
  std::size_t (*count_nowhere)(const std::uint32_t* cells, std::size_t rows, std::uint32_t nowhere);

  /// Adds w and w² of row i to sums[cells[i] + 2·(i mod copies)] and the next; copies is 1, 2 or 4. Rows that follow each
  /// other into one cell so need not wait for each other. False when a weight is not finite.
  bool (*add_float)(const std::uint32_t* cells, const float* weights, std::size_t rows, std::size_t copies,
                    double* sums);
  bool (*add_double)(const std::uint32_t* cells, const double* weights, std::size_t rows, std::size_t copies,
                     double* sums);
  /// The same for two weight columns: w and w² of the first and of the second go to sums[cells[i] + 4·(i mod copies)] and
  /// the three after it.
  bool (*add_float_float)(const std::uint32_t* cells, const float* first, const float* second, std::size_t rows,
                          std::size_t copies, double* sums);
  bool (*add_float_double)(const std::uint32_t* cells, const float* first, const double* second, std::size_t rows,
                           std::size_t copies, double* sums);
  bool (*add_double_float)(const std::uint32_t* cells, const double* first, const float* second, std::size_t rows,
                           std::size_t copies, double* sums);
  bool (*add_double_double)(const std::uint32_t* cells, const double* first, const double* second, std::size_t rows,
                            std::size_t copies, double* sums);
  /// With every weight 1, counted in counts[cells[i]/2 + i mod copies].
  void (*count)(const std::uint32_t* cells, std::size_t rows, std::size_t copies, std::uint64_t* counts);
};

}  // namespace caloscope
