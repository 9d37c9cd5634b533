#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/run/job_control.h"

namespace caloscope {

/// How bins of the probability are cut: of equal width in [0, 1], or at quantiles of the probabilities (interpolated
/// linearly), so that they hold equally many rows.
enum class BinSpacing { uniform, quantile };

constexpr std::string_view name_of(BinSpacing spacing) {
  switch (spacing) {
    case BinSpacing::uniform: return "uniform";
    case BinSpacing::quantile: return "quantile";
  }
  return {};
}

/// Rows with what is stated of them: the probability to be a reference row, and whether they are (1) or not (0); `weights` from 0 on,
/// empty where every row counts 1.
struct StatedRows {
  std::vector<double> probabilities;
  std::vector<std::uint8_t> labels;
  std::vector<double> weights = {};

  double weight(std::size_t row) const { return weights.empty() ? 1 : weights[row]; }
};

struct ReliabilityPlan {
  static constexpr std::size_t most_bins = 1'000'000;

  std::size_t bins = 20;
  BinSpacing spacing = BinSpacing::quantile;
  /// Whether both classes count half of all, whatever their numbers.
  bool balance = true;
  /// Of the labels, or of the errors of the bins, for the error that calibrated probabilities would have.
  std::size_t resamples = 200;
  std::uint64_t seed = 1;
};

/// A bin with rows in it.
struct ReliabilityBin {
  double lower;  ///< edges
  double upper;
  std::size_t reference;  ///< rows
  std::size_t generated;
  double mean_probability;
  double frequency;  ///< share of reference rows, the classes weighted as the plan says
  /// 68.3 %: Wilson's score interval (J. Am. Stat. Assoc. 22 (1927) 209) of the share of reference rows; of weighted rows with the
  /// effective number (Σv)²/Σv².
  double frequency_low;
  double frequency_high;
};

/// ECE = Σ_b (n_b/n) |frequency - mean probability|, Naeini et al., AAAI 2015. It is above 0 also for perfect probabilities.
struct CalibrationError {
  double value;
  /// Mean and standard deviation of `value` where labels are drawn from the stated probabilities, everything else being equal. A weighted
  /// row would have another weight with the other label: of such rows the difference in each bin is drawn, normal around 0 with the
  /// variance Σv²(label - p)² of the rows that are there.
  double expected;
  double deviation;
  std::size_t reached;  ///< resamples with a value not below the observed one
};

struct Reliability {
  std::vector<ReliabilityBin> bins;
  CalibrationError error;
};

/// Bins are closed above, as those of scikit-learn. Throws Error(shape), Error(argument) for probabilities outside [0, 1] and
/// for fewer than one bin, Error(too_few_rows) where a class is missing, Error(non_finite).
Reliability reliability(const StatedRows& rows, const ReliabilityPlan& plan, const JobControl& control);

}  // namespace caloscope
