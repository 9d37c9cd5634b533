#pragma once

#include <cstddef>
#include <vector>

#include "core/job_control.h"

namespace caloscope {

/// Scores of one sample, one a row. Infinities are scores like others; NaN is refused.
struct ScoreSample {
  std::vector<double> scores;
  /// Empty (every row counts 1) or one a row, of any sign; their sum must be above 0. Rows of weight 0 count for nothing.
  std::vector<double> weights = {};
};

struct AreaUnderCurve {
  /// P(s_ref > s_gen) + ½ P(=): the sum over all pairs of w_ref w_gen ([s_ref > s_gen] + ½ [=]), over W_ref W_gen.
  double value = 0;
  /// Square root of DeLong's variance; NaN where a sample has fewer than two rows. With weights its linearisation,
  /// n/(n-1) Σ w²(V - AUC)²/W² for each sample with V the structural component, which is DeLong's at equal weights.
  double standard_error = 0;
  /// Of AUC if both samples had the same density: √((n+m+1)/(12nm)).
  double null_standard_deviation_without_ties = 0;
  /// The same with ties counted: √((N+1 - Σ(t³-t)/(N(N-1)))/(12nm)), N = n+m, t rows share a score (Mann-Whitney).
  /// With weights, n and m are effective sample sizes (Σw)²/Σw², and the tie factor is that of the rows.
  double null_standard_deviation = 0;
  /// P(AUC at least as large | same density), normal tail ½ erfc(z/√2): good to the last digits down to 1e-308, where
  /// z = 37.5; from z = 38.6 on it is 0. 1 where all scores are equal.
  double p_value = 0;
};

/// Area under the ROC curve with the reference sample as positive class. Throws Error: non_finite (NaN score,
/// non-finite weight; names the row), shape, argument (sum of weights), too_few_rows (an empty sample).
/// DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837, in the O(N log N) form of Sun and Xu (2014).
AreaUnderCurve area_under_curve(const ScoreSample& reference, const ScoreSample& generated, const JobControl& control);

struct RocCurve {
  std::vector<double> false_positive_rate;
  std::vector<double> true_positive_rate;
};

/// Points from (0,0) to (1,1), one a distinct score from the highest down: rows with equal scores make one step.
/// `max_points` = 0 gives all, otherwise at least 2: then points equally far apart along the curve are kept, so that
/// the curve drawn through them is nowhere further than 2/(max_points - 1) from the whole one (both rates together).
/// Throws as area_under_curve.
RocCurve roc_curve(const ScoreSample& reference, const ScoreSample& generated, std::size_t max_points,
                   const JobControl& control);

struct KolmogorovSmirnov {
  /// Largest distance of the two empirical distribution functions.
  double statistic = 0;
  /// Asymptotic: Q(λ) = 2 Σ (-1)^(k-1) exp(-2k²λ²), λ = D (√e + 0.12 + 0.11/√e), e = nm/(n+m) (Stephens 1970).
  double p_value = 0;
};

/// Two-sample test, two-sided, unweighted. Throws Error: non_finite (NaN; names the row), too_few_rows.
KolmogorovSmirnov kolmogorov_smirnov(const std::vector<double>& first, const std::vector<double>& second,
                                     const JobControl& control);

}  // namespace caloscope
