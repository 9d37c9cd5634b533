#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace caloscope {

/// Rows that a map is fitted to. `labels` are 1 for reference and 0 for generated rows; `weights` are empty where every row
/// counts 1. Rows of weight 0 count for nothing.
struct CalibrationSet {
  std::vector<double> logits;
  std::vector<std::uint8_t> labels;
  std::vector<double> weights;

  std::size_t rows() const { return logits.size(); }
  double weight(std::size_t row) const { return weights.empty() ? 1 : weights[row]; }
};

/// Sums of the weights of both classes.
struct ClassSums {
  double reference = 0;
  double generated = 0;

  double total() const { return reference + generated; }
};

/// Throws Error(shape), Error(non_finite) with the row of a logit, Error(argument) for weights below 0 or not finite,
/// Error(too_few_rows) where a class has no row of a weight above 0.
ClassSums checked_sums(const CalibrationSet& set);

/// The same rows with weights under which both classes count half of all, whatever their numbers: then the log odds are
/// ln(p_ref/p_gen).
CalibrationSet balanced(CalibrationSet set);

/// Throws Error(non_finite) with the row.
void require_finite(std::span<const double> logits, const char* what);

/// Rows of one score together.
struct ScoreGroup {
  double score;
  double weight;
  double reference_weight;
};

/// One entry a distinct score of rows with a weight above 0, ascending.
std::vector<ScoreGroup> score_groups(const CalibrationSet& set);

}  // namespace caloscope
