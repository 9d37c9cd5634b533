#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// A row that is outside, and how far.
struct OutsideRow {
  std::size_t row;      ///< of its sample
  double distance;      ///< to the nearest row of the other sample, in widths of the other sample
  double own_distance;  ///< to the row of its own sample that is `neighbors` places away
};

/// Rows of a sample outside the other's support: the `neighbors` nearest rows of all are of the own sample.
struct SampleSupport {
  std::size_t judged = 0;      ///< rows; the others were left out at random
  std::size_t neighbors = 0;   ///< 0: too few rows to judge
  std::size_t directions = 0;  ///< principal axes of the other sample in which distances are taken
  std::size_t outside = 0;     ///< of the rows judged
  double expected_share = 0;   ///< of equal samples, whatever their density, where axes do not follow single rows (many more rows than columns), else less
  double standard_error = 0;   ///< of outside/judged: deviation of the share in random halves of both samples
  std::vector<OutsideRow> farthest;  ///< the most lonely first
};

struct SupportOverlap {
  SampleSupport reference, generated;
};

/// Chance for a row to be outside where the samples are equal; the number of neighbors is the smallest that keeps to it.
constexpr double false_outside_rate = 1e-3;

/// Judges which rows of either of two samples have none of the other near them. Distances are those along the
/// principal axes of the other sample, each in units of its width (SampleWidths). `columns`: 1 to 1000, one number a row, the
/// `reference` rows of the reference first; where a row has no value (NaN) it is the mean of the others. Every row is judged up to 8,000 of a sample (fewer
/// with many columns: support_rows), of more a part, drawn with the seed. Throws Error: shape (columns of different lengths),
/// too_few_rows (a sample without rows), non_finite (infinite values).
SupportOverlap support_overlap(std::span<const std::vector<double>> columns, std::size_t reference, std::uint64_t seed,
                               const TileRunner& run_tiles, const JobControl& control);

/// Most rows of a sample that are judged in so many columns.
std::size_t support_rows(std::size_t columns);

}  // namespace caloscope
