#pragma once

#include <cmath>
#include <span>

#include "core/run/host_device.h"

namespace caloscope {

/// Binary cross-entropy of a logit, in nats, for targets 1 and 0. Both classes count the same in total, so that the logit
/// is the logarithm of a density ratio whatever the sizes of the samples.
struct BalancedCrossEntropy {
  double class_weight[2];  ///< of the targets 0 and 1

  /// Balanced on those rows.
  explicit BalancedCrossEntropy(std::span<const float> targets);

  CALOSCOPE_HOST_DEVICE double loss(double logit, float target) const {
    return class_weight[target != 0] * softplus(target != 0 ? -logit : logit);
  }

  /// ∂loss/∂logit: the weighted sigmoid less the label.
  CALOSCOPE_HOST_DEVICE double slope(double logit, float target) const {
    return class_weight[target != 0] * (1 / (1 + std::exp(-logit)) - (target != 0 ? 1.0 : 0.0));
  }

  /// The mean loss of other rows, balanced on these.
  static double mean(std::span<const float> logits, std::span<const float> targets);

 private:
  /// ln(1 + exp(x)) without overflow.
  CALOSCOPE_HOST_DEVICE static double softplus(double x) {
    return (x > 0 ? x : 0.0) + std::log1p(std::exp(-std::fabs(x)));
  }
};

}  // namespace caloscope
