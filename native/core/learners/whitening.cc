#include "core/learners/whitening.h"

#include <algorithm>
#include <cmath>

#include "core/learners/gram_matrix.h"
#include "core/learners/symmetric_eigen.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

/// Widths of a column from which on a row counts less.
constexpr double widths_trusted = 5;
/// Singular value over the largest below which a direction is rounding.
constexpr double least_width = 1e-6;
/// Variance over that of float32's rounding from which on a direction holds something.
constexpr double above_rounding = 4;
/// Products that a covariance may take: it needs not more rows than that.
constexpr std::size_t most_products = std::size_t{1} << 33;
/// Numbers that are standardised at a time.
constexpr std::size_t piece_numbers = std::size_t{1} << 18;

/// Means over the rows, each with its weight.
struct Moments {
  double weight = 0;
  std::vector<double> mean;      ///< of the standardised columns
  std::vector<double> rounding;  ///< variance of what float32 rounds off, in the same units

  explicit Moments(std::size_t columns) : mean(columns), rounding(columns) {}
};

/// The rows that a covariance is made from, standardised column by column.
class StandardisedRows {
 public:
  StandardisedRows(const DenseRows& rows, const Standardisation& standardisation)
      : rows_(rows), columns_(rows.columns), standardisation_(standardisation) {
    const std::size_t products_of_row = std::max<std::size_t>(columns_ * columns_ / 2, 1);
    count_ = std::min(rows.count, std::max(most_products / products_of_row, 8 * columns_));
  }

  std::size_t count() const { return count_; }
  std::size_t columns() const { return columns_; }

  /// Equally spaced among all rows: those of one sample come first, in random order.
  const float* raw(std::size_t place) const { return rows_.row(place * rows_.count / count_); }

  /// Standardises a row and returns what it counts.
  double read(std::size_t place, double* out) const {
    const float* x = raw(place);
    double farthest = 0;
    for (std::size_t j = 0; j < columns_; ++j) {
      out[j] = (double{x[j]} - double{standardisation_.centre[j]}) * double{standardisation_.scale[j]};
      farthest = std::max(farthest, std::fabs(out[j]));
    }
    const double share = farthest > widths_trusted ? widths_trusted / farthest : 1;
    return share * share;
  }

  double scale(std::size_t column) const { return double{standardisation_.scale[column]}; }

 private:
  const DenseRows& rows_;
  std::size_t columns_;
  const Standardisation& standardisation_;
  std::size_t count_;
};

Moments moments_of(const StandardisedRows& rows, const TileRunner& run_tiles, const JobControl& control) {
  const std::size_t columns = rows.columns();
  // Few, so that their sums take little memory; a function of the number of rows alone.
  const std::size_t tiles = std::clamp<std::size_t>(rows.count() / shower_tile, 1, 64);
  std::vector<Moments> of_tile(tiles, Moments(columns));
  run_tiles(tiles, [&](std::size_t tile) {
    Moments& sum = of_tile[tile];
    std::vector<double> z(columns);
    for (std::size_t r = tile * rows.count() / tiles; r < (tile + 1) * rows.count() / tiles; ++r) {
      if (r % shower_tile == 0) control.check();
      const double w = rows.read(r, z.data());
      const float* raw = rows.raw(r);
      sum.weight += w;
      for (std::size_t j = 0; j < columns; ++j) {
        // Half a unit of the last place at most, equally likely within.
        const double step = 0x1p-23 * double{raw[j]} * rows.scale(j);
        sum.mean[j] += w * z[j];
        sum.rounding[j] += w * step * step / 12;
      }
    }
  });
  Moments all(columns);
  for (const Moments& sum : of_tile) {
    all.weight += sum.weight;
    for (std::size_t j = 0; j < columns; ++j) {
      all.mean[j] += sum.mean[j];
      all.rounding[j] += sum.rounding[j];
    }
  }
  for (std::size_t j = 0; j < columns; ++j) {
    all.mean[j] /= all.weight;
    all.rounding[j] /= all.weight;
  }
  return all;
}

/// columns × columns, upper triangle, about the mean.
std::vector<double> covariance_of(const StandardisedRows& rows, const Moments& moments, const TileRunner& run_tiles,
                                  const JobControl& control) {
  const std::size_t columns = rows.columns();
  const std::size_t piece = std::max<std::size_t>(piece_numbers / std::max<std::size_t>(columns, 1), 16);
  GramMatrix gram(columns);
  std::vector<double> centred(piece * columns), weight(piece);
  for (std::size_t first = 0; first < rows.count(); first += piece) {
    const std::size_t size = std::min(piece, rows.count() - first);
    run_tiles((size + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
      control.check();
      for (std::size_t r = tile * shower_tile; r < std::min((tile + 1) * shower_tile, size); ++r) {
        double* out = centred.data() + r * columns;
        weight[r] = rows.read(first + r, out) / moments.weight;
        for (std::size_t j = 0; j < columns; ++j) out[j] -= moments.mean[j];
      }
    });
    gram.add({centred.data(), size * columns}, {weight.data(), size}, run_tiles);
  }
  return gram.upper();
}

/// The principal axes that are more than rounding, from the widest to the narrowest.
std::vector<std::size_t> directions_kept(const SymmetricEigen& eigen, const Moments& moments) {
  std::vector<std::size_t> kept;
  for (std::size_t d = 0; d < eigen.size(); ++d) {
    double rounding = 0;
    for (std::size_t j = 0; j < eigen.size(); ++j) {
      rounding += eigen.vector(d)[j] * eigen.vector(d)[j] * moments.rounding[j];
    }
    const double least = std::max(least_width * least_width * eigen.values[0], above_rounding * rounding);
    if (eigen.values[d] > least) kept.push_back(d);
  }
  return kept;
}

}  // namespace

std::uint32_t Whitening::first_narrow() const {
  const auto place = std::find_if(relative_width.begin(), relative_width.end(), [](double x) { return x < narrow; });
  return static_cast<std::uint32_t>(place - relative_width.begin());
}

void Whitening::apply(const float* row, double* out) const {
  const std::size_t width = relative_width.size();
  std::fill(out, out + width, 0);
  for (std::size_t j = 0; j < centre.size(); ++j) {
    const double x = double{row[j]} - centre[j];
    const double* of_column = matrix.data() + j * width;
    for (std::size_t d = 0; d < width; ++d) out[d] += x * of_column[d];
  }
  for (std::size_t d = 0; d < width; ++d) out[d] = std::clamp(out[d], -clip, clip);
}

std::vector<float> Whitening::apply(const DenseRows& rows, const TileRunner& run_tiles,
                                    const JobControl& control) const {
  const std::size_t width = relative_width.size();
  std::vector<float> result(rows.count * width);
  run_tiles((rows.count + shower_tile - 1) / shower_tile, [&](std::size_t tile) {
    control.check();
    std::vector<double> y(width);
    for (std::size_t r = tile * shower_tile; r < std::min((tile + 1) * shower_tile, rows.count); ++r) {
      apply(rows.row(r), y.data());
      for (std::size_t d = 0; d < width; ++d) result[r * width + d] = static_cast<float>(y[d]);
    }
  });
  return result;
}

void Whitening::validate() const {
  if (matrix.size() != centre.size() * relative_width.size()) {
    throw Error(ErrorCode::classifier, "the whitening does not have columns × directions numbers");
  }
  if (!(clip > 0)) throw Error(ErrorCode::classifier, "the clip of the whitening is not above 0");
  for_each_tensor([](const char* name, const auto&, auto values) {
    if (std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); })) return;
    throw Error(ErrorCode::non_finite, std::string(name) + " holds a number that is not finite");
  });
}

Whitening fit_whitening(const DenseRows& rows, const Standardisation& standardisation, const TileRunner& run_tiles,
                        const JobControl& control) {
  if (rows.count == 0) throw Error(ErrorCode::too_few_rows, "there is no row to whiten");
  if (standardisation.centre.size() < rows.columns || standardisation.scale.size() < rows.columns) {
    throw Error(ErrorCode::shape, "the standardisation has fewer columns than the rows");
  }
  const StandardisedRows standardised(rows, standardisation);
  const std::size_t columns = standardised.columns();
  const Moments moments = moments_of(standardised, run_tiles, control);
  const SymmetricEigen eigen =
      symmetric_eigen(covariance_of(standardised, moments, run_tiles, control), columns, control);
  const std::vector<std::size_t> kept = directions_kept(eigen, moments);

  Whitening result;
  result.centre.resize(columns);
  result.matrix.resize(columns * kept.size());
  for (const std::size_t d : kept) result.relative_width.push_back(std::sqrt(eigen.values[d] / eigen.values[0]));
  for (std::size_t j = 0; j < columns; ++j) {
    const double scale = standardised.scale(j);
    result.centre[j] = double{standardisation.centre[j]} + (scale > 0 ? moments.mean[j] / scale : 0);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      result.matrix[j * kept.size() + i] = scale * eigen.vector(kept[i])[j] / std::sqrt(eigen.values[kept[i]]);
    }
  }
  return result;
}

}  // namespace caloscope
