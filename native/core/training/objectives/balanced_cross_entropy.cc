#include "core/training/objectives/balanced_cross_entropy.h"

#include "core/training/class_weights.h"

namespace caloscope {

BalancedCrossEntropy::BalancedCrossEntropy(std::span<const Target> targets) {
  const auto count = static_cast<double>(targets.size());
  double sum[2] = {0, 0};
  for (const Target& target : targets) sum[target.label != 0] += double{target.weight};
  for (const int label : {0, 1}) {
    require_class_weight(sum[label], label != 0);
    class_weight[label] = count / (2 * sum[label]);
  }
}

double BalancedCrossEntropy::mean(std::span<const float> logits, std::span<const Target> targets) {
  double sum[2] = {0, 0}, weight[2] = {0, 0};
  for (std::size_t row = 0; row < logits.size(); ++row) {
    const bool one = targets[row].label != 0;
    sum[one] += double{targets[row].weight} * softplus(one ? -double{logits[row]} : double{logits[row]});
    weight[one] += double{targets[row].weight};
  }
  for (const int label : {0, 1}) require_class_weight(weight[label], label != 0);
  return 0.5 * (sum[0] / weight[0] + sum[1] / weight[1]);
}

}  // namespace caloscope
