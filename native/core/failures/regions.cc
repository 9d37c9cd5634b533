#include "core/failures/regions.h"

#include <algorithm>
#include <optional>

#include "core/run/random.h"

namespace caloscope {
namespace {

constexpr std::size_t most_conditions = 3;
/// A box holds at least this share of the rows.
constexpr std::size_t share_of_box = 100;
/// What a condition must add to the likelihood contrast: noise adds it in one of a million ranges, and there are some hundred thousand.
constexpr double least_gain = 12;
/// Rows between two questions to the job.
constexpr std::size_t step = std::size_t{1} << 15;

/// Rows of both samples by the bins of a column, of the rows that `counts(row)`.
template <class Counts>
std::vector<RowCounts> counted(const ColumnBins& column, const Halves& halves, const Counts& counts,
                               const JobControl& control) {
  std::vector<RowCounts> bins(column.all());
  for (std::size_t row = 0; row < halves.rows(); ++row) {
    if (row % step == 0) control.check();
    if (!counts(row)) continue;
    auto& bin = bins[column.bins[row]];
    ++(halves.of_reference(row) ? bin.reference : bin.generated);
  }
  return bins;
}

bool meets(const Condition& condition, std::span<const ColumnBins> columns, std::size_t row) {
  const std::size_t bin = columns[condition.column].bins[row];
  return bin >= condition.range.first && bin < condition.range.last;
}

bool meets(const std::vector<Condition>& conditions, std::span<const ColumnBins> columns, std::size_t row) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& condition) { return meets(condition, columns, row); });
}

/// The condition on a column that sets the rows inside apart most.
struct NextCondition {
  Condition condition;
  double contrast = 0;
};

NextCondition condition_on(std::size_t column, std::span<const ColumnBins> columns, const Halves& halves,
                           const std::vector<std::uint8_t>& inside, FactorDirection direction, const JobControl& control) {
  const auto bins = counted(columns[column], halves, [&](std::size_t row) { return inside[row] != 0; }, control);
  const std::uint64_t fewest = halves.rows() / 2 / share_of_box + 1;
  const auto best = strongest_range(bins, halves.exploring(), columns[column].has_undefined, direction, fewest);
  return {{column, best.range}, best.contrast};
}

/// The best condition on the rows inside, of columns that have none yet; nothing where it adds too little to the contrast.
std::optional<NextCondition> further_condition(std::span<const ColumnBins> columns, const Halves& halves,
                                               const std::vector<std::uint8_t>& inside,
                                               const std::vector<Condition>& conditions, double contrast,
                                               FactorDirection direction, const TileRunner& run_tiles,
                                               const JobControl& control) {
  std::vector<NextCondition> found(columns.size());
  run_tiles(columns.size(), [&](std::size_t column) {
    const auto is_used = [&](const Condition& condition) { return condition.column == column; };
    if (std::any_of(conditions.begin(), conditions.end(), is_used)) return;
    found[column] = condition_on(column, columns, halves, inside, direction, control);
  });
  const auto best = std::max_element(found.begin(), found.end(),
                                     [](const auto& a, const auto& b) { return a.contrast < b.contrast; });
  if (best == found.end() || best->contrast < contrast + least_gain) return std::nullopt;
  return *best;
}

/// Rows that are free and meet all conditions, but the one that is left out.
std::vector<std::uint8_t> rows_inside(const std::vector<std::uint8_t>& free, const std::vector<Condition>& conditions,
                                      std::size_t left_out, std::span<const ColumnBins> columns) {
  auto inside = free;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (i == left_out) continue;
    for (std::size_t row = 0; row < inside.size(); ++row) {
      if (inside[row] != 0 && !meets(conditions[i], columns, row)) inside[row] = 0;
    }
  }
  return inside;
}

/// Sets each condition anew, as is best with the others, and returns the contrast: a condition was chosen before those that follow it,
/// when the failure stood out less.
double sharpen(std::vector<Condition>& conditions, double contrast, std::span<const ColumnBins> columns, const Halves& halves,
             const std::vector<std::uint8_t>& free, FactorDirection direction, const JobControl& control) {
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const auto inside = rows_inside(free, conditions, i, columns);
    const auto best = condition_on(conditions[i].column, columns, halves, inside, direction, control);
    if (best.contrast <= contrast) continue;
    conditions[i] = best.condition;
    contrast = best.contrast;
  }
  return contrast;
}

/// The box among `free` rows; no conditions where they are alike.
std::vector<Condition> box_among(std::span<const ColumnBins> columns, const Halves& halves,
                                 const std::vector<std::uint8_t>& free, FactorDirection direction, const TileRunner& run_tiles,
                                 const JobControl& control) {
  std::vector<Condition> conditions;
  double contrast = 0;
  while (conditions.size() < most_conditions) {
    const auto inside = rows_inside(free, conditions, conditions.size(), columns);
    const auto next = further_condition(columns, halves, inside, conditions, contrast, direction, run_tiles, control);
    if (!next) break;
    conditions.push_back(next->condition);
    contrast = sharpen(conditions, next->contrast, columns, halves, free, direction, control);
  }
  return conditions;
}

RowCounts measured(const std::vector<Condition>& conditions, std::span<const ColumnBins> columns, const Halves& halves) {
  RowCounts inside;
  for (std::size_t row = 0; row < halves.rows(); ++row) {
    if (halves.explores(row) || !meets(conditions, columns, row)) continue;
    ++(halves.of_reference(row) ? inside.reference : inside.generated);
  }
  return inside;
}

}  // namespace

Halves::Halves(std::size_t rows, std::size_t reference, std::uint64_t seed) : reference_(reference), explores_(rows) {
  RandomStream random(seed, 0);
  for (std::size_t row = 0; row < rows; ++row) {
    explores_[row] = static_cast<std::uint8_t>(random.next() & 1U);
    auto& counts = explores_[row] != 0 ? exploring_ : measuring_;
    ++(of_reference(row) ? counts.reference : counts.generated);
  }
}

std::vector<Region> column_regions(std::span<const ColumnBins> columns, const Halves& halves, const TileRunner& run_tiles,
                                   const JobControl& control) {
  std::vector<Region> regions(columns.size());
  run_tiles(columns.size(), [&](std::size_t column) {
    const auto bins = counted(columns[column], halves, [&](std::size_t row) { return halves.explores(row); }, control);
    regions[column].conditions = {{column, strongest_range(bins, halves.exploring(), columns[column].has_undefined, FactorDirection::any, 1).range}};
    regions[column].measured = measured(regions[column].conditions, columns, halves);
  });
  return regions;
}

std::vector<Region> boxes(std::span<const ColumnBins> columns, std::size_t most, const Halves& halves,
                          const TileRunner& run_tiles, const JobControl& control) {
  std::vector<Region> found;
  for (const auto direction : {FactorDirection::too_few, FactorDirection::too_many}) {
    std::vector<std::uint8_t> free(halves.rows());
    for (std::size_t row = 0; row < free.size(); ++row) free[row] = halves.explores(row) ? 1 : 0;
    for (std::size_t i = 0; i < most; ++i) {
      auto conditions = box_among(columns, halves, free, direction, run_tiles, control);
      if (conditions.empty()) break;
      for (std::size_t row = 0; row < free.size(); ++row) {
        if (free[row] != 0 && meets(conditions, columns, row)) free[row] = 0;
      }
      const auto inside = measured(conditions, columns, halves);
      found.push_back({std::move(conditions), inside});
    }
  }
  return found;
}

}  // namespace caloscope
