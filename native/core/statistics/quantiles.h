#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/run/compensated_sum.h"

namespace caloscope {

/// `sorted`, ascending and not empty, interpolated linearly at position share · (n - 1), rounded as NumPy does.
double quantile(std::span<const double> sorted, double share);

/// The smallest value below or at which rows with a share of the weight lie. Rows of weight 0 count as if they were not there.
class WeightedQuantiles {
 public:
  /// Values with their weights, none below 0.
  explicit WeightedQuantiles(std::vector<std::pair<double, double>> rows);

  /// Whether no row counts.
  bool empty() const { return sorted_.empty(); }
  /// For a share that is not below those before. Not where no row counts.
  double next(double share);

 private:
  std::vector<std::pair<double, double>> sorted_;
  CompensatedSum all_;
  CompensatedSum below_;
  std::size_t at_ = 0;
};

}  // namespace caloscope
