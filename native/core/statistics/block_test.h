#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace caloscope {

/// Logits of one sample that come from learners which never saw the row, and the block of each row.
struct BlockedLogits {
  std::span<const double> logit;
  std::span<const std::uint16_t> block;
  std::span<const double> weight{};  ///< of each row, of any sign; empty: every row counts 1

  double weight_of(std::size_t row) const { return weight.empty() ? 1 : weight[row]; }
};

/// Whether scores tell two samples apart, held-out block by block.
struct BlockTest {
  /// Of each block: the mean probability σ(logit) of the reference less that of the generated rows, over its standard error
  /// in that block, with weights √(n/(n-1) Σ w²(σ - mean)²)/Σw of each sample. 0 where all probabilities are equal.
  std::vector<double> of_block;
  /// Σ of_block/√(2K). The K blocks train on each other: for a learner that is linear in the rows the variance of the sum
  /// tends to 2K, and no learner was seen to exceed it. So the p-value holds for any, a little large for most. One block
  /// alone was trained on by nothing that scores it: z is its own, of variance 1.
  double z = 0;
  double p_value = 1;  ///< one-sided, of the normal distribution
};

/// Both samples need two rows in each block, Error(too_few_rows) otherwise, and there a sum of weights above 0, Error(argument)
/// otherwise.
BlockTest block_test(const BlockedLogits& reference, const BlockedLogits& generated, std::uint32_t blocks);

}  // namespace caloscope
