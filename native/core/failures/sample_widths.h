#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Rows of numbers, row by row.
struct DoubleRows {
  std::span<const double> numbers;
  std::size_t columns;

  std::size_t rows() const { return columns == 0 ? 0 : numbers.size() / columns; }
};

/// An affine map onto the principal axes of a sample, each in units of its width there. What lies outside of the sample is many
/// widths away then, in however few columns; axes of both samples together would be as wide as the gap.
class SampleWidths {
 public:
  /// Principal axes of the covariance of `sample` and a hundredth of that of `other`: a column in which the sample has but one
  /// value has a width of a tenth of the other's. Columns that are constant in both are left out. Throws Error(non_finite).
  SampleWidths(const DoubleRows& sample, const DoubleRows& other, const TileRunner& run_tiles, const JobControl& control);

  std::size_t directions() const { return matrix_.size() / (mean_.empty() ? 1 : mean_.size()); }
  /// rows × directions().
  std::vector<float> apply(const DoubleRows& rows, const TileRunner& run_tiles, const JobControl& control) const;

 private:
  std::vector<double> mean_;    ///< of the sample, one a column
  std::vector<double> matrix_;  ///< directions × columns
};

}  // namespace caloscope
