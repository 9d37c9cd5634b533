#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>

#include "core/run/host_device.h"

// The weight of one row from what the members of an ensemble say of it.
namespace caloscope {

/// How the logits l of an ensemble's members become one ln w, w = p_ref/p_gen.
enum class EnsembleRule {
  /// mean of l
  mean_logit,
  /// ln(D/(1-D)) of the mean probability D: ln(Σσ(l)/Σσ(-l))
  mean_probability,
  /// ln of the mean of exp l
  mean_weight,
};

constexpr std::string_view name_of(EnsembleRule rule) {
  switch (rule) {
    case EnsembleRule::mean_logit: return "mean-logit";
    case EnsembleRule::mean_probability: return "mean-probability";
    case EnsembleRule::mean_weight: return "mean-weight";
  }
  return {};
}

/// Logits of one row among those of many rows, [members × rows]: `stride` is the number of rows.
template <class T>
class LogitsOfRow {
 public:
  CALOSCOPE_HOST_DEVICE LogitsOfRow(const T* first, std::size_t members, std::size_t stride)
      : first_(first), members_(members), stride_(stride) {}

  CALOSCOPE_HOST_DEVICE std::size_t size() const { return members_; }
  CALOSCOPE_HOST_DEVICE double operator[](std::size_t member) const {
    return static_cast<double>(first_[member * stride_]);
  }

 private:
  const T* first_;
  std::size_t members_;
  std::size_t stride_;
};

/// ln(1/(1+exp(-l)))
CALOSCOPE_HOST_DEVICE inline double log_sigmoid(double l) {
  return l >= 0 ? -std::log1p(std::exp(-l)) : l - std::log1p(std::exp(l));
}

/// ln Σ exp(of(l))
template <class Logits, class Of>
CALOSCOPE_HOST_DEVICE double log_sum_exp(const Logits& logits, const Of& of) {
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t m = 0; m < logits.size(); ++m) largest = std::fmax(largest, of(logits[m]));
  if (std::isinf(largest)) return largest;
  double sum = 0;
  for (std::size_t m = 0; m < logits.size(); ++m) sum += std::exp(of(logits[m]) - largest);
  return largest + std::log(sum);
}

template <class Logits>
CALOSCOPE_HOST_DEVICE double log_odds_of_mean_probability(const Logits& logits) {
  double for_reference = 0;
  double for_generated = 0;
  for (std::size_t m = 0; m < logits.size(); ++m) {
    const double l = logits[m];
    const double e = std::exp(-std::fabs(l));
    const double larger = 1 / (1 + e);
    const double smaller = e / (1 + e);
    for_reference += l >= 0 ? larger : smaller;
    for_generated += l >= 0 ? smaller : larger;
  }
  // Below, the smaller sum is made of subnormal numbers or of zeros.
  constexpr double normal = 1e-290;
  if (for_reference > normal && for_generated > normal) return std::log(for_reference / for_generated);
  return log_sum_exp(logits, [](double l) { return log_sigmoid(l); }) -
         log_sum_exp(logits, [](double l) { return log_sigmoid(-l); });
}

template <class Logits>
CALOSCOPE_HOST_DEVICE double mean_logit(const Logits& logits) {
  const auto n = static_cast<double>(logits.size());
  double sum = 0;
  for (std::size_t m = 0; m < logits.size(); ++m) sum += logits[m];
  if (std::isfinite(sum)) return sum / n;
  // Infinite members, or finite ones so large that only their sum overflows.
  double mean = 0;
  for (std::size_t m = 0; m < logits.size(); ++m) mean += logits[m] / n;
  return mean;
}

/// ln w of one row from its members' logits; everything in log space. Infinite logits are their limits: NaN comes out
/// where +∞ and -∞ meet in a mean of logits, and where a logit is NaN.
template <class Logits>
CALOSCOPE_HOST_DEVICE double log_weight(const Logits& logits, EnsembleRule rule) {
  for (std::size_t m = 0; m < logits.size(); ++m) {
    if (std::isnan(logits[m])) return std::numeric_limits<double>::quiet_NaN();
  }
  switch (rule) {
    case EnsembleRule::mean_logit: return mean_logit(logits);
    case EnsembleRule::mean_probability: return log_odds_of_mean_probability(logits);
    case EnsembleRule::mean_weight: break;
  }
  return log_sum_exp(logits, [](double l) { return l; }) - std::log(static_cast<double>(logits.size()));
}

/// Standard deviation (1/(n-1)) of the members; NaN for one.
template <class Logits>
CALOSCOPE_HOST_DEVICE double member_spread(const Logits& logits) {
  const double center = mean_logit(logits);
  double squares = 0;
  for (std::size_t m = 0; m < logits.size(); ++m) squares += (logits[m] - center) * (logits[m] - center);
  return std::sqrt(squares / (static_cast<double>(logits.size()) - 1));
}

/// From the logits of a row to its weight: the rule, a shift of ln w, and bounds on it.
struct WeightRule {
  EnsembleRule rule;
  double shift;
  double lower;
  double upper;
};

struct RowWeight {
  /// ln w within the bounds and w = exp(ln w), infinite above ln w = 709.78, 0 below -745.
  double log_weight;
  double weight;
  double member_spread;
  /// Before the bounds.
  bool finite;
  bool below;
  bool above;
};

template <class Logits>
CALOSCOPE_HOST_DEVICE RowWeight row_weight(const Logits& logits, const WeightRule& rule) {
  const double l = log_weight(logits, rule.rule) + rule.shift;
  const bool below = l < rule.lower;
  const bool above = l > rule.upper;
  const double bounded = below ? rule.lower : above ? rule.upper : l;
  return {bounded, std::exp(bounded), member_spread(logits), std::isfinite(l), below, above};
}

}  // namespace caloscope
