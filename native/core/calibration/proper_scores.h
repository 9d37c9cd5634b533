#pragma once

#include <span>

#include "core/calibration/calibration_set.h"

namespace caloscope {

/// Scores that only the true probability minimizes, means over the weights of the rows.
struct ProperScores {
  double brier;     ///< of (label - p)²
  double log_loss;  ///< of -ln of the probability of the label, in nats
  /// 1 - log_loss/ln 2: for balanced classes a lower bound of the Jensen-Shannon divergence of the samples; below 0 where
  /// the probabilities are worse than one half.
  double jensen_shannon;
};

/// A mean of differences row by row.
struct PairedGain {
  double value;
  /// Scatter of the rows within either sample; what other rows to fit a map with would change is not in it.
  double standard_error;
};

/// `set.logits` are log odds. Throws what checked_sums() throws.
ProperScores proper_scores(const CalibrationSet& set);

/// By how much the log loss is lower for log odds `after` than for those of the set.
PairedGain log_loss_gain(const CalibrationSet& set, std::span<const double> after);

}  // namespace caloscope
