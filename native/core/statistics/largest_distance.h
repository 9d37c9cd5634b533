#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// How far two samples are apart in the column in which they are furthest apart.
struct LargestDistance {
  /// Kolmogorov–Smirnov distance D of each column: the largest distance of the two empirical distribution functions.
  std::vector<double> distances;
  /// λ = √(nm/(n+m)) D/(2σ) of each column, σ² the largest H(1-H) where the pooled distribution function H has a step: σ = ½
  /// where values do not repeat, less where a few values hold most rows. So the standard deviation of √(nm/(n+m)) (F-G)
  /// is at most ½ in units of λ in every column, and P(λ > x) falls as exp(-2x²). 0 for a column of one value.
  std::vector<double> standardized;
  /// Permutations of the labels in which the largest λ of all columns is not below the observed one: p = (1 + reached)/(R + 1).
  std::size_t reached = 0;
};

/// The distance of the columns and how often `permutations` random labellings of the pooled rows, n of them first, reach the
/// largest. A labelling is the same for all columns, so that their correlations are those of the data (Westfall and Young,
/// Resampling-Based Multiple Testing, 1993); the p-value holds for any columns, with ties and however they depend on each other.
///
/// `columns`: one number a row each, the `first_rows` = n rows of the first sample before the m rows of the second.
/// The result depends on the seed, never on the threads. Sorts every column once; the work is columns × rows × permutations.
/// Throws Error: too_few_rows (an empty sample), shape (columns of different lengths, none, 2³¹ rows), argument (no
/// permutations), non_finite (NaN; names column and row; infinities are values like others).
LargestDistance largest_distance(std::span<const std::vector<double>> columns, std::size_t first_rows,
                                 std::size_t permutations, std::uint64_t seed, const TileRunner& run_tiles,
                                 JobControl& control);

}  // namespace caloscope
