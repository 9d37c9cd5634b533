#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/job_control.h"

namespace caloscope {

/// How the logits l of an ensemble's members become one ln w, w = p_ref/p_gen.
enum class EnsembleRule {
  /// mean of l
  mean_logit,
  /// ln(D/(1-D)) of the mean probability D: ln(Σσ(l)/Σσ(-l))
  mean_probability,
  /// ln of the mean of exp l
  mean_weight,
};

enum class SampleRole { reference, generated };

/// Bounds on w, 0 ≤ lower < upper < ∞.
struct ClipRange {
  double lower = 0;
  double upper = 0;
};

struct DensityRatioOptions {
  EnsembleRule rule = EnsembleRule::mean_logit;
  /// Added to ln w after the rule: ln(N_gen/N_ref) where the classifier saw classes of unequal size and its loss did
  /// not balance them, otherwise 0.
  double prior_shift = 0;
  std::optional<ClipRange> clip = std::nullopt;
  SampleRole role = SampleRole::generated;
};

struct ExtremeShower {
  std::size_t row = 0;
  double log_weight = 0;
};

struct WeightQuantile {
  double probability = 0;
  double log_weight = 0;
};

/// Health of the weights of one sample. Rows whose ln w is not finite (before clipping) are counted; all other numbers
/// are of the rows whose ln w (after clipping) is finite, and NaN where there is none.
struct WeightHealth {
  std::size_t rows = 0;
  std::size_t non_finite = 0;
  /// Generated sample: mean of w; reference sample: mean of 1/w; both are 1 for the exact ratio. The error is the
  /// sample's standard deviation over √n. Infinite where the mean is beyond the range of doubles.
  double mean = 0;
  double mean_error = 0;
  /// (Σw)²/Σw², of 1/w for the reference sample. Computed with the largest ln w taken out, so that it is right also where
  /// the weights themselves overflow.
  double effective_sample_size = 0;
  /// Shares of rows with w < 1 and with w > 1.
  double share_below_one = 0;
  double share_above_one = 0;
  /// Of ln w, linear interpolation between ranks: position (n-1)p counted from 0.
  std::vector<WeightQuantile> quantiles;
  /// Ten rows at most, the most extreme first, earlier rows first among equals.
  std::vector<ExtremeShower> smallest;
  std::vector<ExtremeShower> largest;
  /// Rows that clipping moved; 0 without.
  std::size_t clipped_below = 0;
  std::size_t clipped_above = 0;
};

struct DensityRatioWeights {
  /// ln w, one a row. Doubles: a float32 of size 20 is 2e-6 coarse, which a mean over members need not lose.
  std::vector<double> log_weights;
  /// w = exp(ln w); infinite above ln w = 709.78, 0 below -745.
  std::vector<double> weights;
  WeightHealth health;
  /// Median over the rows of the standard deviation (1/(n-1)) of l among the members; NaN with one member.
  double member_spread = 0;
};

/// ln w of one shower from its members' logits; everything in log space. Infinite logits are their limits: NaN comes out
/// where +∞ and -∞ meet in a mean of logits, and where a logit is NaN.
double log_weight(std::span<const double> logits, EnsembleRule rule);

/// Weights of all rows. `logits` is [members × rows], one member after the other. Throws Error: shape (no members, or
/// not a whole number of rows), too_few_rows (none), argument (prior shift, clip range).
template <class T>
DensityRatioWeights density_ratio_weights(std::span<const T> logits, std::size_t members,
                                          const DensityRatioOptions& options, const JobControl& control);

/// Health of weights that are there already (after clipping, if any); see WeightHealth.
WeightHealth weight_health(std::span<const double> log_weights, SampleRole role, const JobControl& control);

}  // namespace caloscope
