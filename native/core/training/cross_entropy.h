#pragma once

#include <cmath>

#include "core/run/host_device.h"

namespace caloscope {

/// ln(1 + exp(x)) without overflow.
CALOSCOPE_HOST_DEVICE inline double softplus(double x) { return (x > 0 ? x : 0.0) + std::log1p(std::exp(-std::fabs(x))); }

/// Binary cross-entropy of a logit, in nats.
CALOSCOPE_HOST_DEVICE inline double cross_entropy(double logit, bool reference) {
  return reference ? softplus(-logit) : softplus(logit);
}

/// Its derivative: the sigmoid less the label.
CALOSCOPE_HOST_DEVICE inline double cross_entropy_slope(double logit, bool reference) {
  return 1 / (1 + std::exp(-logit)) - (reference ? 1.0 : 0.0);
}

}  // namespace caloscope
