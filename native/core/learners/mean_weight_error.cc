#include "core/learners/mean_weight_error.h"

#include <cmath>
#include <map>
#include <utility>

namespace caloscope {

MeanWeightError::MeanWeightError(const WeighedSamples& samples, bool reference)
    : samples_(samples),
      of_row_(samples.label.size()),
      slope_(samples.logits.size() / samples.label.size() + 1) {
  const auto is_weighed = [&](std::uint32_t row) { return (samples.label[row] != 0) == reference; };
  const double towards = reference ? -1 : 1;
  double weighed = 0, mean = 0;
  for (const std::uint32_t row : samples.rows) {
    if (!is_weighed(row)) continue;
    weighed += samples.weight_of(row);
    mean += samples.weight_of(row) * std::exp(towards * samples.log_ratio[row]);
  }
  mean /= weighed;
  for (const std::uint32_t row : samples.rows) {
    if (!is_weighed(row)) continue;
    of_row_[row] = samples.weight_of(row) * std::exp(towards * samples.log_ratio[row]) / weighed;
    for (std::size_t m = 0; m + 1 < slope_.size(); ++m) {
      slope_[m] += towards * of_row_[row] * double{samples.logits[m * of_row_.size() + row]};
    }
    slope_.back() += towards * of_row_[row];
  }
  // A row of a larger weight moves the mean towards its own weight, not only up.
  for (const std::uint32_t row : samples.rows) {
    if (is_weighed(row)) of_row_[row] -= samples.weight_of(row) * mean / weighed;
  }
}

void MeanWeightError::add(const WeightedSum& sum, const FittedRows& fitted, double share, const JobControl& control) {
  const std::size_t members = slope_.size() - 1;
  const auto moved = influences(fitted.logits(members), sum, slope_, control);
  const std::size_t references = fitted.reference.size() / members;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const std::size_t of_sample = i < references ? references : moved.size() - references;
    of_row_[fitted.rows[i]] += share * moved[i] / static_cast<double>(of_sample);
  }
}

double MeanWeightError::value() const {
  struct Moments {
    double count = 0, mean = 0, squares = 0;
  };
  std::map<std::pair<std::uint8_t, std::uint16_t>, Moments> drawn;
  for (std::size_t row = 0; row < of_row_.size(); ++row) {
    auto& [count, mean, squares] = drawn[{samples_.label[row], samples_.block[row]}];
    const double from_mean = of_row_[row] - mean;
    count += 1;
    mean += from_mean / count;
    squares += from_mean * (of_row_[row] - mean);
  }
  double variance = 0;
  for (const auto& [of, moments] : drawn) variance += moments.squares * moments.count / std::fmax(moments.count - 1, 1);
  return std::sqrt(variance);
}

}  // namespace caloscope
