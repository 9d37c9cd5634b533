#include "core/statistics/block_test.h"

#include <cmath>
#include <numbers>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Mean and squared error of the mean of the probabilities of a block.
struct MeanProbability {
  double mean = 0;
  double variance = 0;
};

double probability(double logit) { return 1 / (1 + std::exp(-logit)); }

MeanProbability mean_probability(const BlockedLogits& sample, std::uint32_t block) {
  double count = 0, sum = 0;
  for (std::size_t row = 0; row < sample.logit.size(); ++row) {
    if (sample.block[row] != block) continue;
    ++count;
    sum += probability(sample.logit[row]);
  }
  if (count < 2) throw Error(ErrorCode::too_few_rows, "block " + std::to_string(block) + " has fewer than two rows");
  const double mean = sum / count;
  double squares = 0;
  for (std::size_t row = 0; row < sample.logit.size(); ++row) {
    if (sample.block[row] != block) continue;
    const double distance = probability(sample.logit[row]) - mean;
    squares += distance * distance;
  }
  return {mean, squares / (count - 1) / count};
}

}  // namespace

BlockTest block_test(const BlockedLogits& reference, const BlockedLogits& generated, std::uint32_t blocks) {
  BlockTest result;
  double sum = 0;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    const MeanProbability in_reference = mean_probability(reference, block);
    const MeanProbability in_generated = mean_probability(generated, block);
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
