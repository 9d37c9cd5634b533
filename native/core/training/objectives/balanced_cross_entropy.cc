#include "core/training/objectives/balanced_cross_entropy.h"

#include <algorithm>

namespace caloscope {

BalancedCrossEntropy::BalancedCrossEntropy(std::span<const float> targets) {
  const auto count = static_cast<double>(targets.size());
  const auto ones = static_cast<double>(std::ranges::count_if(targets, [](float target) { return target != 0; }));
  class_weight[1] = count / (2 * ones);
  class_weight[0] = count / (2 * (count - ones));
}

double BalancedCrossEntropy::mean(std::span<const float> logits, std::span<const float> targets) {
  double sum[2] = {0, 0}, count[2] = {0, 0};
  for (std::size_t row = 0; row < logits.size(); ++row) {
    const bool one = targets[row] != 0;
    sum[one] += softplus(one ? -double{logits[row]} : double{logits[row]});
    ++count[one];
  }
  return 0.5 * (sum[0] / count[0] + sum[1] / count[1]);
}

}  // namespace caloscope
