#include "core/calibration/histogram_binning.h"

#include <algorithm>

#include "core/calibration/probability.h"

namespace caloscope {
namespace {

constexpr double bins = 15;

/// A bin has its smallest logit as its score.
std::vector<ScoreGroup> equal_bins(const std::vector<ScoreGroup>& groups) {
  double total = 0;
  for (const ScoreGroup& group : groups) total += group.weight;
  std::vector<ScoreGroup> made;
  double below = 0;
  for (const ScoreGroup& group : groups) {
    const auto opened = static_cast<double>(made.size());
    if (below >= opened * total / bins) made.push_back({group.score, 0, 0});
    made.back().weight += group.weight;
    made.back().reference_weight += group.reference_weight;
    below += group.weight;
  }
  return made;
}

}  // namespace

Calibrated calibrate_histogram(const CalibrationSet& set, std::span<const double> logits) {
  const std::vector<ScoreGroup> made = equal_bins(score_groups(set));
  Calibrated result;
  for (const double logit : logits) {
    const auto above = std::upper_bound(made.begin(), made.end(), logit,
                                        [](double value, const ScoreGroup& bin) { return value < bin.score; });
    const ScoreGroup& bin = above == made.begin() ? made.front() : *(above - 1);
    result.log_odds.push_back(bounded_log_odds(bin.reference_weight / bin.weight));
  }
  return result;
}

}  // namespace caloscope
