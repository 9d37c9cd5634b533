#include "core/statistics/ranked_rows.h"

#include <cmath>
#include <string>

#include "core/run/error.h"
#include "core/statistics/radix_sort.h"
#include "core/statistics/score_key.h"

namespace caloscope {

std::vector<std::uint32_t> ranked_rows(std::span<const double> values, std::size_t column, const JobControl& control) {
  struct Row {
    std::uint64_t key;
    std::uint32_t row;
  };
  std::vector<Row> sorted(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isnan(values[row])) {
      throw Error(ErrorCode::non_finite, "column " + std::to_string(column) + " is NaN in row " + std::to_string(row) +
                                             " of both samples together; leave such rows out first");
    }
    sorted[row] = {~score_key(values[row]), static_cast<std::uint32_t>(row)};
  }
  radix_sort(sorted, [](const Row& row) { return row.key; }, control);
  std::vector<std::uint32_t> rows(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool last = i + 1 == sorted.size() || sorted[i].key != sorted[i + 1].key;
    rows[i] = sorted[i].row | (last ? last_of_value : 0);
  }
  return rows;
}

void check_columns(std::span<const std::vector<double>> columns, std::size_t first_rows, std::size_t draws) {
  if (columns.empty()) throw Error(ErrorCode::shape, "there are no columns to compare");
  const std::size_t rows = columns[0].size();
  for (const auto& column : columns) {
    if (column.size() != rows) throw Error(ErrorCode::shape, "the columns have different numbers of rows");
  }
  if (rows >= last_of_value) throw Error(ErrorCode::shape, "more than 2^31 - 1 rows cannot be compared");
  if (first_rows == 0 || first_rows >= rows) throw Error(ErrorCode::too_few_rows, "both samples need a row at least");
  if (draws == 0) throw Error(ErrorCode::argument, "a test by permutations needs at least 1 of them");
}

}  // namespace caloscope
