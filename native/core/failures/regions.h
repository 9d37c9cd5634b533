#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/failures/column_bins.h"
#include "core/failures/contrast.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Rows of both samples, `reference` of them first, cut at random into a half in which regions are looked for and a half in which
/// they are measured: a number quoted of a region comes from rows that had no part in its choice.
class Halves {
 public:
  Halves(std::size_t rows, std::size_t reference, std::uint64_t seed);

  std::size_t rows() const { return explores_.size(); }
  bool of_reference(std::size_t row) const { return row < reference_; }
  bool explores(std::size_t row) const { return explores_[row] != 0; }
  const RowCounts& exploring() const { return exploring_; }
  const RowCounts& measuring() const { return measuring_; }

 private:
  std::size_t reference_;
  std::vector<std::uint8_t> explores_;
  RowCounts exploring_, measuring_;
};

/// One side of a region: bins of a column.
struct Condition {
  std::size_t column = 0;
  BinRange range;
};

/// Rows that meet all conditions, as counted in the half that had no part in the choice.
struct Region {
  std::vector<Condition> conditions;
  RowCounts measured;
};

/// The range of every column in which the samples differ most (`strongest_range`), column by column.
std::vector<Region> column_regions(std::span<const ColumnBins> columns, const Halves& halves, const TileRunner& run_tiles,
                                   const JobControl& control);

/// Boxes: up to `most` of each direction, first those of which the generated sample has too few, of up to three conditions on
/// different columns. Each condition is the range with the largest likelihood contrast among the rows that meet the others; a box is
/// looked for among rows that are in none of the boxes before, and holds at least a hundredth of all rows.
std::vector<Region> boxes(std::span<const ColumnBins> columns, std::size_t most, const Halves& halves,
                          const TileRunner& run_tiles, const JobControl& control);

}  // namespace caloscope
