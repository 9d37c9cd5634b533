#include "core/failures/sample_widths.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/learners/gram_matrix.h"
#include "core/learners/symmetric_eigen.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

constexpr double share_of_other = 0.01;
/// Variance over the largest below which a direction is rounding: columns that follow from others.
constexpr double least_variance = 1e-10;

std::vector<double> means_of(const DoubleRows& rows) {
  std::vector<double> mean(rows.columns);
  for (std::size_t i = 0; i < rows.numbers.size(); ++i) mean[i % rows.columns] += rows.numbers[i];
  for (double& value : mean) value /= static_cast<double>(rows.rows());
  return mean;
}

struct Scatter {
  std::vector<double> mean;
  std::vector<double> covariance;  ///< columns², upper triangle
};

Scatter scatter_of(const DoubleRows& rows, const TileRunner& run_tiles) {
  Scatter scatter{means_of(rows), {}};
  std::vector<double> centred(rows.numbers.begin(), rows.numbers.end());
  for (std::size_t i = 0; i < centred.size(); ++i) centred[i] -= scatter.mean[i % rows.columns];
  GramMatrix gram(rows.columns);
  gram.add(centred, std::vector<double>(rows.rows(), 1.0 / static_cast<double>(rows.rows())), run_tiles);
  scatter.covariance = gram.upper();
  return scatter;
}

}  // namespace

SampleWidths::SampleWidths(const DoubleRows& sample, const DoubleRows& other, const TileRunner& run_tiles,
                           const JobControl& control) {
  const std::size_t columns = sample.columns;
  Scatter scatter = scatter_of(sample, run_tiles);
  const Scatter beside = scatter_of(other, run_tiles);
  std::vector<double> scale(columns);
  for (std::size_t j = 0; j < columns; ++j) {
    const double variance =
        scatter.covariance[j * columns + j] + share_of_other * beside.covariance[j * columns + j];
    if (!std::isfinite(variance)) throw Error(ErrorCode::non_finite, "column " + std::to_string(j) + " holds infinite values");
    scale[j] = variance > 0 ? 1 / std::sqrt(variance) : 0;
  }
  std::vector<double> correlation(columns * columns);
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t k = j; k < columns; ++k) {
      const std::size_t place = j * columns + k;
      correlation[place] =
          (scatter.covariance[place] + share_of_other * beside.covariance[place]) * scale[j] * scale[k];
    }
  }
  const auto eigen = symmetric_eigen(std::move(correlation), columns, control);
  for (std::size_t d = 0; d < columns && eigen.values[d] > least_variance * eigen.values[0]; ++d) {
    for (std::size_t j = 0; j < columns; ++j) {
      matrix_.push_back(eigen.vector(d)[j] * scale[j] / std::sqrt(eigen.values[d]));
    }
  }
  mean_ = std::move(scatter.mean);
}

std::vector<float> SampleWidths::apply(const DoubleRows& rows, const TileRunner& run_tiles,
                                       const JobControl& control) const {
  const std::size_t columns = mean_.size(), width = directions();
  std::vector<float> result(rows.rows() * width);
  run_tiles((rows.rows() + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
    control.check();
    for (std::size_t row = tile * shower_tile; row < std::min((tile + 1) * shower_tile, rows.rows()); ++row) {
      for (std::size_t d = 0; d < width; ++d) {
        double sum = 0;
        for (std::size_t j = 0; j < columns; ++j) {
          sum += (rows.numbers[row * columns + j] - mean_[j]) * matrix_[d * columns + j];
        }
        result[row * width + d] = static_cast<float>(sum);
      }
    }
  });
  return result;
}

}  // namespace caloscope
