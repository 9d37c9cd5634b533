#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/failures/binned_column.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Scores of both samples, ln w: of `reference` rows first, then of the generated ones. Finite.
struct ScoredRows {
  std::span<const double> scores;
  std::size_t reference;
};

/// One column in the order in which columns explain the area under the ROC curve.
struct ExplainedArea {
  std::size_t column = 0;
  /// AUC that is left between rows of the same value of this column, those before it weighted away.
  double left = 0;
  /// What the column explains of the whole (AUC - ½)/(whole AUC - ½), beyond those before it, and its jackknife error over ten
  /// groups of rows; that the scores come from a finite training is not in it.
  double share = 0;
  double error = 0;
};

struct ExplainedAreas {
  /// Of the scores, all rows together.
  double area = 0;
  /// Each column alone, in their order.
  std::vector<ExplainedArea> alone;
  /// The best column, then what is best on top of it, and so on, as long as a column explains at least a twentieth and more than
  /// twice its error.
  std::vector<ExplainedArea> in_turn;
};

/// Which columns the scores are made of. AUC_c, what is left when column c is known, is the mean over its bins of the AUC within
/// them, each bin counted with its share of the reference sample and ½ where a sample has no rows: the AUC after a reweighting that
/// makes the column equal, asked of rows alike in it. For the next column the generated rows get the weights that make the chosen ones equal, one after the
/// other, and the scores lose what these explain.
///
/// `candidates`: columns that may be in `in_turn`. Equal areas: the earlier column.
ExplainedAreas explained_areas(std::span<const BinnedColumn> columns, std::span<const std::size_t> candidates,
                               const ScoredRows& rows, const TileRunner& run_tiles, const JobControl& control);

}  // namespace caloscope
