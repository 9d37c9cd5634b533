#pragma once

#include <cstddef>
#include <span>

namespace caloscope {

/// The generalized Pareto distribution of what the largest weights have above a cutoff.
struct ParetoTail {
  /// k̂: moments of the weights of an order above 1/k̂ are infinite. Above 0.7 means of weights are unreliable, however large the
  /// effective size. NaN where fewer than five weights lie above the cutoff: few rows, or weights that are nearly all equal.
  double index;
  double scale;        ///< σ̂, in units of the largest weight
  double log_cutoff;   ///< ln of the largest weight that is not in the tail
  std::size_t rows;    ///< of the tail
};

/// Of the min(n/5, 3√n) largest of n weights, given as logarithms; -infinity is a weight of 0. Zhang and Stephens,
/// Technometrics 51 (2009) 316, with the prior of Pareto-smoothed importance sampling, k̂ drawn to ½ as by ten weights
/// (Vehtari et al., arXiv:1507.02646). Throws Error(non_finite) with the row of a NaN or of +infinity.
ParetoTail pareto_tail(std::span<const double> log_weights);

}  // namespace caloscope
