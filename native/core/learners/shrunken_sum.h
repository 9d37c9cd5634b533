#pragma once

#include <span>

#include "core/learners/weighted_sum.h"

namespace caloscope {

struct ShrunkenSum {
  WeightedSum sum;
  WeightedSum best;
  double share = 0;  ///< of the best weights
};

/// The weights of ln w, between the mean of `of_blocks`, sums that were fitted without one block each and to members that
/// never saw it, and the best weights of any sign for `logits`, those of all rows. The former are honest, but few forms
/// can be written with weights that are not negative; the latter follow the noise where rows are few. The way from
/// honest to best is gone by the share
///
///     max(0, 1 − 2 N tr(AC) / Δ),   Δ = 2 N (cross-entropy of the honest − cross-entropy of the best)
///
/// (James and Stein 1961, positive part), N rows. tr(AC), A the second derivative of the cross-entropy and C the covariance of
/// the best weights, is what Δ/N comes to by chance (Takeuchi 1976); the 2 because blocks train on each other, as in
/// BlockTest. Δ grows with the rows wherever the honest sum is wrong, so that the share tends to 1. The covariance
/// is that of the best weights in this share. Honest weights scatter with the members that they are fitted to, a member with
/// small logits getting a large weight: the jackknife of LogRatios, which overstates what the training adds, holds what is
/// left of both. Samples that are separated get the best weights.
/// Throws as fit_weighted_sum.
ShrunkenSum shrunken_sum(const MemberLogits& logits, std::span<const WeightedSum> of_blocks, const JobControl& control);

/// Weights, constant and covariance, the share of those of `other`.
WeightedSum between(WeightedSum sum, const WeightedSum& other, double share);

}  // namespace caloscope
