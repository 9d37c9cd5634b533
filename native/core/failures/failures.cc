#include "core/failures/failures.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Boxes of each direction.
constexpr std::size_t most_boxes = 3;
/// Rows of both samples a bin, at least.
constexpr std::size_t rows_of_bin = 16;

void require_sound(std::span<const std::vector<double>> columns, std::span<const std::size_t> candidates,
                   const ScoredRows& rows) {
  for (const auto& column : columns) {
    if (column.size() != rows.scores.size()) throw Error(ErrorCode::shape, "every column must have one number a score");
  }
  for (const std::size_t candidate : candidates) {
    if (candidate >= columns.size()) throw Error(ErrorCode::shape, "a candidate is none of the columns");
  }
  if (rows.reference > rows.scores.size()) throw Error(ErrorCode::shape, "more rows of the reference than scores");
  for (std::size_t row = 0; row < rows.scores.size(); ++row) {
    if (std::isfinite(rows.scores[row])) continue;
    throw Error(ErrorCode::non_finite, "score " + std::to_string(row) + " of both samples together is not finite");
  }
}

/// What one half of the rows has.
struct Half {
  std::vector<ColumnBins> columns;
  std::vector<double> scores;
  std::size_t reference = 0;

  ScoredRows rows() const { return {scores, reference}; }
};

Half half_of(std::span<const ColumnBins> columns, const ScoredRows& rows, const Halves& halves, bool explores) {
  Half half;
  std::vector<std::size_t> inside;
  for (std::size_t row = 0; row < halves.rows(); ++row) {
    if (halves.explores(row) != explores) continue;
    inside.push_back(row);
    half.scores.push_back(rows.scores[row]);
    half.reference += halves.of_reference(row) ? 1 : 0;
  }
  for (const auto& column : columns) {
    ColumnBins& of_half = half.columns.emplace_back();
    of_half.edges = column.edges;
    of_half.has_undefined = column.has_undefined;
    of_half.bins.reserve(inside.size());
    for (const std::size_t row : inside) of_half.bins.push_back(column.bins[row]);
  }
  return half;
}

}  // namespace

Failures find_failures(std::span<const std::vector<double>> columns, std::span<const std::size_t> candidates,
                       const ScoredRows& rows, std::uint64_t seed, const TileRunner& run_tiles, const JobControl& control) {
  require_sound(columns, candidates, rows);
  const Halves halves(rows.scores.size(), rows.reference, seed);
  for (const auto& half : {halves.exploring(), halves.measuring()}) {
    if (half.reference > 0 && half.generated > 0) continue;
    throw Error(ErrorCode::too_few_rows, "too few rows to look for failures in one half and to measure them in the other");
  }
  Failures found;
  found.measuring = halves.measuring();
  found.columns.resize(columns.size());
  const std::size_t bins = std::clamp<std::size_t>(rows.scores.size() / rows_of_bin, 2, ColumnBins::most_bins - 1);
  run_tiles(columns.size(), [&](std::size_t column) { found.columns[column] = binned(columns[column], bins, control); });
  found.of_columns = column_regions(found.columns, halves, run_tiles, control);
  found.boxes = boxes(found.columns, most_boxes, halves, run_tiles, control);
  found.area = area_of_scores(rows, control);
  found.alone = explained_alone(found.columns, rows, run_tiles, control);
  const auto searched = half_of(found.columns, rows, halves, true);
  const auto order = explaining_columns(searched.columns, candidates, searched.rows(), run_tiles, control);
  const auto measured = half_of(found.columns, rows, halves, false);
  found.in_turn = explained_in_order(measured.columns, order, measured.rows(), control);
  return found;
}

}  // namespace caloscope
