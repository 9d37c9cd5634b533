#pragma once

#include <algorithm>
#include <cmath>

namespace caloscope {

/// The range that calibrated probabilities are kept in by maps that would otherwise give 0 or 1, as published for
/// isotonic regression (CaloChallenge, evaluate.py).
inline constexpr double lowest_probability = 1e-6;
inline constexpr double highest_probability = 1 - 1e-6;

inline double sigmoid(double logit) {
  const double e = std::exp(-std::fabs(logit));
  return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
}

inline double log_odds(double probability) { return std::log(probability) - std::log1p(-probability); }

inline double bounded_log_odds(double probability) {
  return log_odds(std::clamp(probability, lowest_probability, highest_probability));
}

/// ln(1 + exp(x))
inline double softplus(double x) { return std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x))); }

}  // namespace caloscope
