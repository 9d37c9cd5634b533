#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/failures/column_bins.h"
#include "core/failures/explained_area.h"
#include "core/failures/regions.h"

namespace caloscope {

/// Where and in which columns two samples differ.
struct Failures {
  std::vector<ColumnBins> columns;
  /// Rows in which regions were measured.
  RowCounts measuring;
  std::vector<Region> of_columns;  ///< one a column
  std::vector<Region> boxes;
  double area = 0;                     ///< AUC of the scores, all rows together
  std::vector<ExplainedArea> alone;    ///< each column, all rows together
  std::vector<ExplainedArea> in_turn;  ///< order and number from the half that was searched, measured in the other
};

/// `columns`: one number a row, NaN where there is no value, `rows.reference` rows first. `candidates`: columns that may explain the
/// scores in turn. Throws Error: too_few_rows (a sample without rows in one of the halves), shape (columns of different
/// lengths, a candidate that is none), non_finite (a score; names the row).
Failures find_failures(std::span<const std::vector<double>> columns, std::span<const std::size_t> candidates,
                       const ScoredRows& rows, std::uint64_t seed, const TileRunner& run_tiles, const JobControl& control);

}  // namespace caloscope
