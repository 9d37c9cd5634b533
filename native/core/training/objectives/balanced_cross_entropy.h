#pragma once

#include <cmath>
#include <span>

#include "core/run/host_device.h"
#include "core/training/training_data.h"

namespace caloscope {

/// Binary cross-entropy of a logit, in nats, for labels 1 and 0. Both classes count the same in total, so that the logit
/// is the logarithm of a density ratio whatever the sizes of the samples. Rows count by their weights; those of negative weight
/// take away from their class.
struct BalancedCrossEntropy {
  double class_weight[2];  ///< of the labels 0 and 1

  /// Balanced on those rows. Throws Error(argument) where the weights of a class have no sum above 0.
  explicit BalancedCrossEntropy(std::span<const Target> targets);

  CALOSCOPE_HOST_DEVICE double loss(double logit, const Target& target) const {
    const bool one = target.label != 0;
    return class_weight[one] * double{target.weight} * softplus(one ? -logit : logit);
  }

  /// ∂loss/∂logit: the weighted sigmoid less the label.
  CALOSCOPE_HOST_DEVICE double slope(double logit, const Target& target) const {
    return class_weight[target.label != 0] * double{target.weight} *
           (1 / (1 + std::exp(-logit)) - (target.label != 0 ? 1.0 : 0.0));
  }

  /// The mean loss of other rows, balanced on these. Throws as the constructor.
  static double mean(std::span<const float> logits, std::span<const Target> targets);

 private:
  /// ln(1 + exp(x)) without overflow.
  CALOSCOPE_HOST_DEVICE static double softplus(double x) {
    return (x > 0 ? x : 0.0) + std::log1p(std::exp(-std::fabs(x)));
  }
};

}  // namespace caloscope
