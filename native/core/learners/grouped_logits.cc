#include "core/learners/grouped_logits.h"

#include <algorithm>
#include <cmath>

namespace caloscope {
namespace {

/// Σ (f_g − f̄)² (G − 1)/G of one row, f the weighted sum.
double jackknife_variance(const GroupedLogits& logits, std::size_t row, const WeightedSum& sum) {
  const auto groups = static_cast<double>(logits.groups());
  double total = 0, squares = 0;
  std::vector<double> of_group(logits.groups());
  for (std::size_t group = 0; group < logits.groups(); ++group) {
    for (std::size_t learner = 0; learner < logits.learners(); ++learner) {
      of_group[group] += sum.weights[learner] * logits.at(learner, group, row);
    }
    total += of_group[group];
  }
  for (const double f : of_group) squares += (f - total / groups) * (f - total / groups);
  return squares * (groups - 1) / groups;
}

}  // namespace

std::vector<float> GroupedLogits::mean() const {
  std::vector<float> result(learners_ * rows_);
  for (std::size_t learner = 0; learner < learners_; ++learner) {
    for (std::size_t row = 0; row < rows_; ++row) {
      double sum = 0;
      for (std::size_t group = 0; group < groups_; ++group) sum += at(learner, group, row);
      result[learner * rows_ + row] = static_cast<float>(sum / static_cast<double>(groups_));
    }
  }
  return result;
}

LogRatios log_ratios(const GroupedLogits& logits, std::span<const float> mean, const WeightedSum& sum,
                     const TileRunner& run_tiles, const JobControl& control) {
  const std::size_t rows = logits.rows();
  LogRatios result{std::vector<double>(rows), std::vector<double>(rows)};
  run_tiles((rows + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
    control.check();
    for (std::size_t row = tile * shower_tile; row < std::min((tile + 1) * shower_tile, rows); ++row) {
      const LogitsOfRow of_row(mean.data() + row, logits.learners(), rows);
      result.value[row] = sum.log_ratio(of_row);
      const double of_weights = sum.standard_error(of_row);
      result.error[row] = std::sqrt(of_weights * of_weights + jackknife_variance(logits, row, sum));
    }
  });
  return result;
}

}  // namespace caloscope
