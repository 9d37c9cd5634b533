#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/run/job_control.h"

namespace caloscope {

/// What the members of an ensemble say of rows that none of them saw, members × rows for each sample.
struct MemberLogits {
  std::size_t members = 0;
  std::span<const float> reference;
  std::span<const float> generated;
  /// Of the rows, of any sign; empty: every row counts 1.
  std::span<const double> reference_weights{};
  std::span<const double> generated_weights{};

  /// Of a row that counts 1 on average among the rows of its sample.
  double weight(bool of_reference, std::size_t row) const {
    const auto& weights = of_reference ? reference_weights : generated_weights;
    return weights.empty() ? 1 : weights[row];
  }
};

/// What the weights of members may be. A test wants `non_negative`, ln w wants `any`.
enum class MemberWeights { any, non_negative };
/// In the order of the enumeration.
inline constexpr const char* member_weights_names[] = {"any", "non-negative"};

/// ln(p_ref/p_gen) = Σ w_i f_i + w_0 of the logits f_i of members (w_i f_i ensembles, arXiv:2506.00113).
struct WeightedSum {
  std::vector<double> weights;  ///< w_i, one a member
  double constant = 0;          ///< w_0
  /// Of (w, w_0), (members + 1)², row by row: how they scatter with the rows they were fitted to, the number of rows of
  /// each sample being fixed. What the training of the members adds is not in it. A weight held at 0 has none.
  std::vector<double> covariance;
  /// Whether a weighted sum separates the samples: no finite weights fit best, and those here are Platt's.
  bool separable = false;

  /// `logits`: an array, or LogitsOfRow.
  template <class Logits>
  double log_ratio(const Logits& logits) const {
    double sum = constant;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * logits[i];
    return sum;
  }

  /// σ(ln w) = √(fᵀ C f), f = (f_1, …, 1).
  template <class Logits>
  double standard_error(const Logits& logits) const {
    const std::size_t size = weights.size() + 1;
    const auto at = [&](std::size_t i) { return i + 1 < size ? static_cast<double>(logits[i]) : 1.0; };
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) sum += at(i) * covariance[i * size + j] * at(j);
    }
    return std::sqrt(std::fmax(sum, 0));
  }

  /// Throws Error(classifier) where sizes do not fit, Error(non_finite).
  void validate() const;
};

/// What each row has to do with a sum of weights: by how much `direction`·(w, w_0) moves with its weight in its sample, times
/// its weight, the rows of the reference first. That is −d·A⁻¹ ∇ℓ(row), A the second derivative of the balanced cross-entropy at
/// the sum, less the mean of the sample; a weight at 0 stays there. The sandwich covariance is the scatter.
/// Throws as fit_weighted_sum.
std::vector<double> influences(const MemberLogits& logits, const WeightedSum& sum, std::span<const double> direction,
                               const JobControl& control);

/// The minimum of the balanced cross-entropy (both samples count ½), by Newton's method, projected where weights may not
/// be negative. Where several sums are as good, as with members that are identical, the smallest weights in units of each
/// member's deviation; a member that says the same of every row has weight 0. Samples that are separated get finite
/// weights from the targets (n+1)/(n+2) and 1/(n+2) in place of 1 and 0 (Platt 1999). The covariance is the sandwich
/// A⁻¹BA⁻¹ with A the second derivative and B the scatter of the rows' gradients within each sample. Rows of negative weight
/// count in A of the steps as those of positive weight do, so that every step goes down; and separate no samples.
/// Throws Error(shape), Error(too_few_rows) where a sample has no row, Error(non_finite) with the member and the row,
/// Error(argument) where the weights of a sample have no sum above 0.
WeightedSum fit_weighted_sum(const MemberLogits& logits, MemberWeights allowed, const JobControl& control);

}  // namespace caloscope
