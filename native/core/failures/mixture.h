#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Rows of numbers, row by row.
struct PointCloud {
  std::span<const double> numbers;
  std::size_t dimensions;

  std::size_t rows() const { return dimensions == 0 ? 0 : numbers.size() / dimensions; }
  std::span<const double> row(std::size_t i) const { return numbers.subspan(i * dimensions, dimensions); }
};

/// A mixture of normal distributions with variances of their own in every dimension and no correlations.
struct Mixture {
  std::vector<double> shares;     ///< of the components, which add up to 1
  std::vector<double> means;      ///< component by component
  std::vector<double> variances;  ///< the same, not below `least_variance`
  double log_likelihood = 0;

  /// Below, a component would shrink onto a few equal rows. Columns are in units of their width.
  static constexpr double least_variance = 1e-3;

  std::size_t components() const { return shares.size(); }
  /// −2 ln L + p ln n, p parameters (Schwarz, Ann. Statist. 6 (1978) 461).
  double information_criterion(std::size_t rows) const;
  /// The most probable component of a point; the first of equals.
  std::size_t component_of(std::span<const double> point) const;
};

/// The mixture that maximizes the likelihood, by expectation and maximization from the best of some k-means++ starts (Arthur and Vassilvitskii,
/// SODA 2007). Throws Error: argument (no components), too_few_rows (fewer rows than components), non_finite.
Mixture fitted_mixture(const PointCloud& points, std::size_t components, std::uint64_t seed, const JobControl& control);

/// The mixture of 1 … `most` components with the smallest information criterion; of fewer where there are fewer than ten rows a component.
Mixture best_mixture(const PointCloud& points, std::size_t most, std::uint64_t seed, const TileRunner& run_tiles,
                     const JobControl& control);

}  // namespace caloscope
