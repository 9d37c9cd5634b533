#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/calibration/calibration_set.h"
#include "core/run/job_control.h"

namespace caloscope {

/// Maps from a logit to calibrated log odds, fitted to rows whose label is known.
enum class CalibrationMethod { isotonic, platt, temperature, histogram, venn_abers };

constexpr std::string_view name_of(CalibrationMethod method) {
  switch (method) {
    case CalibrationMethod::isotonic: return "isotonic";
    case CalibrationMethod::platt: return "platt";
    case CalibrationMethod::temperature: return "temperature";
    case CalibrationMethod::histogram: return "histogram";
    case CalibrationMethod::venn_abers: return "venn-abers";
  }
  return {};
}

/// What a map says of rows that it was not fitted to.
struct Calibrated {
  std::vector<double> log_odds;  ///< one a row, finite
  /// Of Venn-Abers, one a row: the probabilities p0 and p1 of a reference row if the row were generated, if it were
  /// reference. Empty for the other methods.
  std::vector<double> lower;
  std::vector<double> upper;
  /// What was fitted, by name: `slope` and `offset` of Platt, `inverseTemperature`.
  std::vector<std::pair<std::string_view, double>> parameters;
};

/// Fits the map to `set` and applies it to `logits`. Throws what checked_sums() throws, and Error(non_finite) with the row of
/// a logit.
Calibrated calibrate(CalibrationMethod method, const CalibrationSet& set, std::span<const double> logits,
                     const JobControl& control);

struct CrossCalibrated {
  Calibrated rows;  ///< of the set, in its order; no parameters
  /// One a fold.
  std::vector<std::vector<std::pair<std::string_view, double>>> parameters;
};

/// Every row by the map of the rows of all other folds. `balance`: see balanced(). Throws what calibrate() throws, and
/// Error(shape) where a row has no fold.
CrossCalibrated cross_calibrate(CalibrationMethod method, const CalibrationSet& set, std::span<const std::uint16_t> fold,
                                bool balance, const JobControl& control);

}  // namespace caloscope
