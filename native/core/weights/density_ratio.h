#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/backend.h"
#include "core/run/job_control.h"
#include "core/weights/row_weight.h"
#include "core/weights/weighed_rows.h"

namespace caloscope {

enum class SampleRole { reference, generated };

constexpr std::string_view name_of(SampleRole role) {
  switch (role) {
    case SampleRole::reference: return "reference";
    case SampleRole::generated: return "generated";
  }
  return {};
}

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
  /// With which the rows count in the health, of any sign; empty: every row counts 1.
  std::vector<double> row_weights = {};
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
  /// sample's standard deviation over √n. Infinite where the mean is beyond the range of doubles. With weights v of the rows:
  /// Σvw/Σv, and √(n/(n-1) Σv²(w - mean)²)/Σv.
  double mean = 0;
  double mean_error = 0;
  /// (Σw)²/Σw², of 1/w for the reference sample. Computed with the largest ln w taken out, so that it is right also where
  /// the weights themselves overflow. With weights of the rows, of the products vw.
  double effective_sample_size = 0;
  /// Pareto index k̂ of the largest w (of 1/w for the reference sample; of |v|w with weights of the rows), see pareto_tail.h: above 0.7 sums of them are
  /// unreliable, however large the effective size. NaN where there are too few to tell.
  double tail_index = 0;
  /// Shares of rows with w < 1 and with w > 1; of their weights, where they have any.
  double share_below_one = 0;
  double share_above_one = 0;
  /// Of ln w, linear interpolation between ranks: position (n-1)p counted from 0. With weights of the rows, all from 0 on: the smallest
  /// ln w below or at which rows with a share p of the weight lie; none where a weight is below 0.
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

/// Weights of all rows. Throws Error: shape (no members, or not a whole number of rows), too_few_rows (none), argument
/// (prior shift, clip range), and what the backend throws.
DensityRatioWeights density_ratio_weights(LogitView logits, std::size_t members, const DensityRatioOptions& options,
                                          Backend& backend, const JobControl& control);

/// Health of weights that are there already (after clipping, if any); see WeightHealth. `row_weights` as in
/// DensityRatioOptions: throws Error(shape) where there is not one a row, Error(non_finite), and Error(argument) where those of
/// rows with a finite ln w have no sum above 0.
WeightHealth weight_health(std::span<const double> log_weights, std::span<const double> row_weights, SampleRole role,
                           const JobControl& control);

}  // namespace caloscope
