#include "core/training/standardisation.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace caloscope {
namespace {

/// How many widths from the centre a value is held to.
constexpr float widths_kept = 5;
/// Width over median below which a column counts as constant: float32 cannot resolve it.
constexpr double constant_column = 1e-5;
/// Share of the standard deviation below which the central width says nothing.
constexpr double narrow_core = 0.05;
/// Share of showers in which every voxel is taken to be lit at least.
constexpr double least_lit = 0.01;
/// Mean square of all voxel columns together, in units of a scalar column.
constexpr double voxel_block_weight = 5;
/// Rows that are enough to find quantiles with.
constexpr std::size_t most_quantile_rows = 65536;

/// Median to 0 and half the width of the central 68.3 % to 1. Where that width is nothing beside the standard
/// deviation (a column that is nearly always the same) the standard deviation takes its place.
void fit_scalar(std::uint32_t column, std::vector<float>& values, Standardisation& result) {
  const auto quantile = [&](double probability) {
    const auto place = values.begin() + std::llround(probability * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return double{*place};
  };
  const double median = quantile(0.5);
  const double half_width = (quantile(0.841345) - quantile(0.158655)) / 2;
  double square = 0;
  for (const float value : values) square += (value - median) * (value - median);
  const double deviation = std::sqrt(square / static_cast<double>(values.size()));
  const double width = half_width > narrow_core * deviation ? half_width : deviation;
  result.centre[column] = static_cast<float>(median);
  const auto inverse = static_cast<float>(1 / width);
  if (width > constant_column * std::fabs(median) && std::isfinite(inverse)) result.scale[column] = inverse;
}

/// Every lit voxel column gets the same mean square over the training rows, not centred; all together weigh as much as
/// `voxel_block_weight` scalars. Voxels at full weight drown the scalars: on 20,000 depth-shifted CaloGAN toys the
/// validation loss was 0.680 in place of 0.673. A voxel that is hardly ever lit is scaled as if it were lit more often:
/// otherwise one hit in it outweighs all else in the shower.
void fit_voxels(const auto& rows, std::span<const std::uint32_t> training_rows, JobControl& control,
                Standardisation& result) {
  const FeatureTable& table = *rows.tables().front();
  const std::uint32_t scalars = table.scalars();
  std::vector<double> square(table.voxels()), lit(table.voxels());
  FeatureSet::Scratch scratch;
  std::size_t visited = 0;
  for (const std::uint32_t row : training_rows) {
    if (visited++ % 1024 == 0) control.check();
    rows.table_of(row).voxels_of(rows.row_in_table(row), scratch);
    for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
      square[scratch.hits.voxel[hit]] += scratch.hits.energy[hit] * scratch.hits.energy[hit];
      ++lit[scratch.hits.voxel[hit]];
    }
  }
  const auto count = static_cast<double>(training_rows.size());
  const double share = voxel_block_weight / static_cast<double>(square.size());
  for (std::uint32_t voxel = 0; voxel < square.size(); ++voxel) {
    const double mean_square = square[voxel] / std::max(lit[voxel], 1.0) * std::max(lit[voxel] / count, least_lit);
    const auto inverse = static_cast<float>(std::sqrt(share / mean_square));
    if (std::isfinite(inverse)) result.scale[scalars + voxel] = inverse;
    result.clip[scalars + voxel] = widths_kept * static_cast<float>(std::sqrt(share));
  }
}

void fit_scalars(const auto& rows, std::span<const std::uint32_t> training_rows, JobControl& control,
                 Standardisation& result) {
  const FeatureTable& table = *rows.tables().front();
  // Equally spaced among the training rows: those of one sample come first, in random order.
  const std::size_t all = training_rows.size();
  std::vector<float> values(std::min(all, most_quantile_rows));
  for (std::uint32_t column = 0; column < table.scalars(); ++column) {
    control.check();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint32_t row = training_rows[i * all / values.size()];
      values[i] = rows.table_of(row).scalars_of(rows.row_in_table(row))[column];
    }
    fit_scalar(column, values, result);
  }
}

Standardisation standardisation_of(std::uint32_t columns) {
  Standardisation result;
  result.centre.assign(columns, 0);
  result.scale.assign(columns, 0);
  result.clip.assign(columns, widths_kept);
  return result;
}

}  // namespace

Standardisation fit_scalar_standardisation(const TrainingData& data, std::span<const std::uint32_t> rows,
                                           JobControl& control) {
  Standardisation result = standardisation_of(first_table(data).scalars());
  std::visit([&](const auto& kind) { fit_scalars(kind, rows, control, result); }, data);
  return result;
}

Standardisation fit_standardisation(const TrainingData& data, std::span<const std::uint32_t> training_rows,
                                    JobControl& control) {
  const FeatureTable& table = first_table(data);
  Standardisation result = standardisation_of(table.columns());
  std::visit(
      [&](const auto& rows) {
        fit_scalars(rows, training_rows, control, result);
        if (table.voxels() > 0) fit_voxels(rows, training_rows, control, result);
      },
      data);
  return result;
}

}  // namespace caloscope
