#include "core/calibration/calibration.h"

#include <algorithm>

#include "core/calibration/histogram_binning.h"
#include "core/calibration/isotonic.h"
#include "core/calibration/platt.h"
#include "core/calibration/temperature.h"
#include "core/calibration/venn_abers.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

/// The rows inside or outside of a fold.
std::vector<std::size_t> rows_where(std::span<const std::uint16_t> fold, std::uint16_t number, bool inside) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < fold.size(); ++row) {
    if ((fold[row] == number) == inside) rows.push_back(row);
  }
  return rows;
}

CalibrationSet part_of(const CalibrationSet& set, const std::vector<std::size_t>& rows) {
  CalibrationSet part;
  for (const std::size_t row : rows) {
    part.logits.push_back(set.logits[row]);
    part.labels.push_back(set.labels[row]);
    if (!set.weights.empty()) part.weights.push_back(set.weights[row]);
  }
  return part;
}

void scatter(const std::vector<double>& values, const std::vector<std::size_t>& rows, std::size_t count,
             std::vector<double>& into) {
  if (values.empty()) return;
  into.resize(count);
  for (std::size_t i = 0; i < rows.size(); ++i) into[rows[i]] = values[i];
}

}  // namespace

Calibrated calibrate(CalibrationMethod method, const CalibrationSet& set, std::span<const double> logits,
                     const JobControl& control) {
  const ClassSums sums = checked_sums(set);
  require_finite(logits, "the logit to calibrate");
  control.check();
  switch (method) {
    case CalibrationMethod::isotonic: return calibrate_isotonic(set, logits);
    case CalibrationMethod::platt: return calibrate_platt(set, sums, logits);
    case CalibrationMethod::temperature: return calibrate_temperature(set, sums, logits);
    case CalibrationMethod::histogram: return calibrate_histogram(set, logits);
    case CalibrationMethod::venn_abers: return calibrate_venn_abers(set, sums, logits, control);
  }
  throw Error(ErrorCode::argument, "there is no such calibration");
}

CrossCalibrated cross_calibrate(CalibrationMethod method, const CalibrationSet& set, std::span<const std::uint16_t> fold,
                                bool balance, const JobControl& control) {
  if (fold.size() != set.rows()) throw Error(ErrorCode::shape, "every row needs its fold");
  checked_sums(set);
  const int folds = 1 + *std::max_element(fold.begin(), fold.end());
  CrossCalibrated all;
  for (int number = 0; number < folds; ++number) {
    const auto held_out = rows_where(fold, static_cast<std::uint16_t>(number), true);
    CalibrationSet rest = part_of(set, rows_where(fold, static_cast<std::uint16_t>(number), false));
    const CalibrationSet queries = part_of(set, held_out);
    const Calibrated part = calibrate(method, balance ? balanced(std::move(rest)) : rest, queries.logits, control);
    scatter(part.log_odds, held_out, set.rows(), all.rows.log_odds);
    scatter(part.lower, held_out, set.rows(), all.rows.lower);
    scatter(part.upper, held_out, set.rows(), all.rows.upper);
    all.parameters.push_back(part.parameters);
  }
  return all;
}

}  // namespace caloscope
