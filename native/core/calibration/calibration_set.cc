#include "core/calibration/calibration_set.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/run/error.h"

namespace caloscope {

void require_finite(std::span<const double> logits, const char* what) {
  const auto bad = std::find_if(logits.begin(), logits.end(), [](double l) { return !std::isfinite(l); });
  if (bad == logits.end()) return;
  throw Error(ErrorCode::non_finite,
              std::string(what) + " of row " + std::to_string(bad - logits.begin()) + " is not a finite number");
}

ClassSums checked_sums(const CalibrationSet& set) {
  if (set.labels.size() != set.rows()) throw Error(ErrorCode::shape, "every logit needs a label");
  if (!set.weights.empty() && set.weights.size() != set.rows()) {
    throw Error(ErrorCode::shape, "every logit needs a weight, or none has one");
  }
  require_finite(set.logits, "the logit");
  ClassSums sums;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    const double weight = set.weight(row);
    if (!(weight >= 0 && std::isfinite(weight))) {
      throw Error(ErrorCode::argument, "the weight of row " + std::to_string(row) + " must be a finite number from 0 on");
    }
    (set.labels[row] ? sums.reference : sums.generated) += weight;
  }
  if (sums.reference > 0 && sums.generated > 0) return sums;
  throw Error(ErrorCode::too_few_rows,
              std::string("a calibration needs rows of both samples; there are no ") +
                  (sums.reference > 0 ? "generated" : "reference") + " rows with a weight above 0");
}

CalibrationSet balanced(CalibrationSet set) {
  const ClassSums sums = checked_sums(set);
  const double reference = sums.total() / (2 * sums.reference);
  const double generated = sums.total() / (2 * sums.generated);
  std::vector<double> weights(set.rows());
  for (std::size_t row = 0; row < set.rows(); ++row) {
    weights[row] = set.weight(row) * (set.labels[row] ? reference : generated);
  }
  set.weights = std::move(weights);
  return set;
}

std::vector<ScoreGroup> score_groups(const CalibrationSet& set) {
  std::vector<ScoreGroup> groups;
  groups.reserve(set.rows());
  for (std::size_t row = 0; row < set.rows(); ++row) {
    const double weight = set.weight(row);
    if (weight > 0) groups.push_back({set.logits[row], weight, set.labels[row] ? weight : 0});
  }
  std::sort(groups.begin(), groups.end(), [](const ScoreGroup& a, const ScoreGroup& b) {
    return std::pair(a.score, a.reference_weight) < std::pair(b.score, b.reference_weight);
  });
  std::size_t last = 0;
  for (std::size_t i = 1; i < groups.size(); ++i) {
    if (groups[i].score == groups[last].score) {
      groups[last].weight += groups[i].weight;
      groups[last].reference_weight += groups[i].reference_weight;
    } else {
      groups[++last] = groups[i];
    }
  }
  if (!groups.empty()) groups.resize(last + 1);
  return groups;
}

}  // namespace caloscope
