#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/failures/column_bins.h"
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

/// Which columns the scores are made of. What is left when a column is known is the mean over its bins of the AUC within them, each bin
/// counted with its share of the reference sample and ½ where a sample has no rows: the AUC after a reweighting that makes the column
/// equal, asked of rows alike in it. For the next column the generated rows get the weights that make the ones before equal, one after
/// the other, and the scores lose what these explain.

/// AUC of the scores, all rows together.
double area_of_scores(const ScoredRows& rows, const JobControl& control);

/// Each column alone, in their order.
std::vector<ExplainedArea> explained_alone(std::span<const ColumnBins> columns, const ScoredRows& rows,
                                           const TileRunner& run_tiles, const JobControl& control);

/// The column that explains most, then what is best on top of it, and so on, as long as a column explains at least a twentieth and more
/// than twice its error; of columns that explain alike the first. `candidates`: columns that may be chosen.
std::vector<std::size_t> explaining_columns(std::span<const ColumnBins> columns, std::span<const std::size_t> candidates,
                                            const ScoredRows& rows, const TileRunner& run_tiles, const JobControl& control);

/// What the columns explain one after the other. An honest measurement takes other rows than those that chose the order.
std::vector<ExplainedArea> explained_in_order(std::span<const ColumnBins> columns, std::span<const std::size_t> order,
                                              const ScoredRows& rows, const JobControl& control);

}  // namespace caloscope
