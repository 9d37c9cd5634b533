#include "core/learners/input_map.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/run/error.h"
#include "core/training/standardisation.h"

namespace caloscope {
namespace {

/// The columns of the table, and then the last `narrow` of `width` numbers of each row.
std::vector<float> beside(const FeatureTable& table, const std::vector<float>& directions, std::size_t width,
                          std::size_t narrow) {
  std::vector<float> result;
  result.reserve(table.rows() * (table.scalars() + narrow));
  for (std::uint64_t row = 0; row < table.rows(); ++row) {
    const float* const stored = table.scalars_of(row);
    const float* const end = directions.data() + (row + 1) * width;
    result.insert(result.end(), stored, stored + table.scalars());
    result.insert(result.end(), end - narrow, end);
  }
  return result;
}

}  // namespace

InputMap fit_input_map(const LabelledRows& rows, bool whiten, const TileRunner& run_tiles, JobControl& control) {
  const std::uint32_t columns = rows.reference.scalars();
  if (!whiten || columns == 0 || columns > InputMap::most_columns) return {};
  const TrainingData data = rows;
  std::vector<std::uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0U);
  const Standardisation standardisation = fit_scalar_standardisation(data, all, control);
  Whitening whitening = fit_whitening(dense_rows(data, all).rows, standardisation, run_tiles, control);
  if (whitening.directions() == 0) return {};
  return {std::move(whitening)};
}

MemberTables::MemberTables(const FeatureTable& table, const InputMap& map, const TileRunner& run_tiles,
                           const JobControl& control)
    : table_(table) {
  if (!map.whitening) return;
  if (map.whitening->columns() != table.scalars()) {
    throw Error(ErrorCode::shape, "the classifier takes " + std::to_string(map.whitening->columns()) +
                                      " stored columns, the sample gives " + std::to_string(table.scalars()));
  }
  auto directions = map.whitening->apply(dense_rows(table), run_tiles, control);
  const std::uint32_t width = map.whitening->directions();
  if (map.narrow() > 0) {
    widened_.emplace(beside(table, directions, width, map.narrow()), table.scalars() + map.narrow());
  }
  whitened_.emplace(table.with_scalars(std::move(directions), width));
}

std::vector<float> MemberTables::narrow_directions() const {
  const std::uint32_t narrow = widened().scalars() - table_.scalars();
  std::vector<float> result(narrow * table_.rows());
  for (std::uint64_t row = 0; row < table_.rows(); ++row) {
    const float* const first = widened().scalars_of(row) + table_.scalars();
    for (std::uint32_t direction = 0; direction < narrow; ++direction) {
      result[direction * table_.rows() + row] = first[direction];
    }
  }
  return result;
}

}  // namespace caloscope
