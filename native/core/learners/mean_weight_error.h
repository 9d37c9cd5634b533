#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/learners/weighted_sum.h"

namespace caloscope {

/// Logits that a sum of members is fitted to, and which rows they are of.
struct FittedRows {
  std::vector<float> reference, generated;  ///< members × rows
  std::vector<std::uint32_t> rows;          ///< in the numbering of LabelledRows, those of the reference first
  std::vector<double> weights;              ///< of those rows, of any sign; empty: every row counts 1

  MemberLogits logits(std::size_t members) const {
    const std::size_t references = weights.empty() ? 0 : reference.size() / members;
    const std::span all(weights);
    return {members, reference, generated, all.first(references), all.subspan(references)};
  }
};

/// What the rows of both samples, in the numbering of LabelledRows, are weighed with.
struct WeighedSamples {
  std::span<const std::uint8_t> label;   ///< 1 for the reference
  std::span<const std::uint16_t> block;  ///< rows are drawn within blocks
  std::span<const float> logits;         ///< members × rows
  std::span<const double> log_ratio;     ///< ln w, their sum
  std::span<const std::uint32_t> rows;   ///< that are weighed, of both samples
  std::span<const double> row_weight{};  ///< with which rows count; empty: every row counts 1

  double weight_of(std::uint32_t row) const { return row_weight.empty() ? 1 : row_weight[row]; }
};

/// Standard error of the mean of w over the rows of the generated sample that are weighed, or of 1/w over those of the
/// reference: how it scatters with the rows, the members being what they are. The weights of the sums follow the same rows
/// and tie the mean to 1, more or less: with ψ_i what row i has to do with the mean (Hampel 1974), its own weight and what
/// it moves the sums by, the variance is Σ (ψ_i − ψ̄)², each sample in each block about its own mean.
class MeanWeightError {
 public:
  MeanWeightError(const WeighedSamples& samples, bool reference);

  /// `share` of ln w is `sum`, which was fitted to these rows.
  void add(const WeightedSum& sum, const FittedRows& fitted, double share, const JobControl& control);

  double value() const;

 private:
  const WeighedSamples& samples_;
  std::vector<double> of_row_;  ///< ψ_i but for a constant
  std::vector<double> slope_;   ///< of the mean weight, along the weights of the members and the constant
};

}  // namespace caloscope
