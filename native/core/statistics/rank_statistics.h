#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "core/backend.h"
#include "core/run/job_control.h"
#include "core/statistics/score_key.h"
#include "core/statistics/sorted_scores.h"

namespace caloscope {

/// Scores of one sample, one a row. Infinities are scores like others; NaN is refused.
class ScoreSample {
 public:
  ScoreSample() = default;
  /// `weights`: empty (every row counts 1) or one a row, of any sign; their sum must be above 0. Rows of weight 0 count for
  /// nothing. The row of the first NaN is kept for the one error message.
  template <class T>
  explicit ScoreSample(std::span<const T> scores, std::vector<double> weights = {}) : weights_(std::move(weights)) {
    keys_.reserve(scores.size());
    for (const T score : scores) {
      if (score != score && nan_row_ > keys_.size()) nan_row_ = keys_.size();
      keys_.push_back(score_key(score));
    }
  }

  /// score_key of every row: what counts is the order of the scores alone, and whole numbers are sorted faster.
  std::vector<std::uint64_t>& keys() noexcept { return keys_; }
  const std::vector<std::uint64_t>& keys() const noexcept { return keys_; }
  const std::vector<double>& weights() const noexcept { return weights_; }
  /// Not below the number of rows where no score is NaN.
  std::size_t nan_row() const noexcept { return nan_row_; }

 private:
  std::vector<std::uint64_t> keys_;
  std::vector<double> weights_;
  std::size_t nan_row_ = std::numeric_limits<std::size_t>::max();
};

/// The scores of both samples, sorted once for all statistics of them.
struct RankedScores {
  /// Scores alone where no row has a weight of its own.
  std::variant<SortedPair<std::uint64_t>, SortedPair<WeightedScore>> samples;
  /// Threads that the statistics may use.
  unsigned threads;

  std::size_t bytes() const;
};

/// The reference sample is the positive class. Throws Error: non_finite (NaN score, non-finite weight; names the row),
/// shape, argument (sum of weights), too_few_rows (an empty sample).
RankedScores rank_scores(ScoreSample reference, ScoreSample generated, Backend& backend, const JobControl& control);

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

/// The same bits for any number of threads and any backend.
/// DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837, in the O(N log N) form of Sun and Xu (2014).
AreaUnderCurve area_under_curve(const RankedScores& scores, const JobControl& control);

struct RocCurve {
  std::vector<double> false_positive_rate;
  std::vector<double> true_positive_rate;
};

/// Points from (0,0) to (1,1), one a distinct score from the highest down: rows with equal scores make one step.
/// `max_points` = 0 gives all, otherwise at least 2: then points equally far apart along the curve are kept, so that
/// the curve drawn through them is nowhere further than 2/(max_points - 1) from the whole one (both rates together).
RocCurve roc_curve(const RankedScores& scores, std::size_t max_points, const JobControl& control);

struct KolmogorovSmirnov {
  /// Largest distance of the two distribution functions, the sums of weights up to a score over the sums of all weights.
  double statistic = 0;
  /// Asymptotic: Q(λ) = 2 Σ (-1)^(k-1) exp(-2k²λ²), λ = D (√e + 0.12 + 0.11/√e), e = nm/(n+m) (Stephens 1970). With weights, n
  /// and m are effective sample sizes (Σw)²/Σw², which is an approximation.
  double p_value = 0;
};

/// Two-sample test, two-sided.
KolmogorovSmirnov kolmogorov_smirnov(const RankedScores& scores, const JobControl& control);

}  // namespace caloscope
