#include "core/statistics/block_test.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Mean and squared error of the mean of the probabilities of a block, above `origin`.
struct MeanProbability {
  double mean = 0;
  double variance = 0;
};

double probability(double logit) { return 1 / (1 + std::exp(-logit)); }

/// Any of the block: where all probabilities are equal, their mean is then so to the last digit.
double origin_of(const BlockedLogits& sample, std::uint32_t block) {
  const auto first = std::ranges::find(sample.block, block);
  return first == sample.block.end() ? 0 : probability(sample.logit[static_cast<std::size_t>(first - sample.block.begin())]);
}

MeanProbability mean_probability(const BlockedLogits& sample, std::uint32_t block, double origin) {
  double count = 0, weights = 0, sum = 0;
  for (std::size_t row = 0; row < sample.logit.size(); ++row) {
    if (sample.block[row] != block) continue;
    ++count;
    weights += sample.weight_of(row);
    sum += sample.weight_of(row) * (probability(sample.logit[row]) - origin);
  }
  if (count < 2) throw Error(ErrorCode::too_few_rows, "block " + std::to_string(block) + " has fewer than two rows");
  if (!(weights > 0)) {
    throw Error(ErrorCode::argument, "the weights of the rows of block " + std::to_string(block) +
                                         " have no sum above 0: use more rows or fewer folds");
  }
  const double mean = sum / weights;
  double squares = 0;
  for (std::size_t row = 0; row < sample.logit.size(); ++row) {
    if (sample.block[row] != block) continue;
    const double distance = sample.weight_of(row) * (probability(sample.logit[row]) - origin - mean);
    squares += distance * distance;
  }
  return {mean, squares * count / (count - 1) / (weights * weights)};
}

}  // namespace

BlockTest block_test(const BlockedLogits& reference, const BlockedLogits& generated, std::uint32_t blocks) {
  BlockTest result;
  double sum = 0;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    const double origin = origin_of(reference, block);
    const MeanProbability in_reference = mean_probability(reference, block, origin);
    const MeanProbability in_generated = mean_probability(generated, block, origin);
    const double variance = in_reference.variance + in_generated.variance;
    const double difference = in_reference.mean - in_generated.mean;
    result.of_block.push_back(variance > 0 ? difference / std::sqrt(variance) : 0);
    sum += result.of_block.back();
  }
  result.z = blocks == 1 ? sum : sum / std::sqrt(2.0 * blocks);
  result.p_value = std::erfc(result.z / std::numbers::sqrt2) / 2;
  return result;
}

}  // namespace caloscope
