#pragma once

#include <algorithm>
#include <cmath>

namespace caloscope {

/// ln(1 + exp(x)) without overflow.
inline double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

/// Binary cross-entropy of a logit, in nats.
inline double cross_entropy(double logit, bool reference) { return reference ? softplus(-logit) : softplus(logit); }

}  // namespace caloscope
