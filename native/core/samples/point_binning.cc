#include "core/samples/point_binning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

constexpr std::uint32_t most_layers = 1U << 20U;
constexpr std::uint32_t most_buckets = 1U << 12U;  // along an axis

double reach_of(double size) { return size / std::numbers::sqrt2; }

bool all_finite(const std::vector<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
}

}  // namespace

CellFinder::CellFinder(PlaneCells cells) : cells_(std::move(cells)) {
  const auto& [x, y, size] = cells_;
  const bool sound = !x.empty() && x.size() == y.size() && x.size() == size.size() && x.size() < BinEdges::none &&
                     all_finite(x) && all_finite(y) && all_finite(size) && *std::min_element(size.begin(), size.end()) > 0;
  if (!sound) throw Error(ErrorCode::argument, "cells of a layer need finite places and sizes above 0");
  const auto [x_low, x_high] = std::minmax_element(x.begin(), x.end());
  const auto [y_low, y_high] = std::minmax_element(y.begin(), y.end());
  x_low_ = *x_low;
  y_low_ = *y_low;
  const double extent = std::max(*x_high - *x_low, *y_high - *y_low);
  width_ = std::max(reach_of(*std::max_element(size.begin(), size.end())), extent / most_buckets);
  columns_ = static_cast<std::uint32_t>((*x_high - *x_low) / width_) + 1;
  rows_ = static_cast<std::uint32_t>((*y_high - *y_low) / width_) + 1;
  first_.assign(std::size_t{columns_} * rows_ + 1, 0);
  const auto bucket_of = [&](std::size_t cell) {
    return std::size_t{bucket(y[cell], y_low_, rows_)} * columns_ + bucket(x[cell], x_low_, columns_);
  };
  for (std::size_t cell = 0; cell < x.size(); ++cell) ++first_[bucket_of(cell) + 1];
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  member_.resize(x.size());
  auto next = first_;
  for (std::size_t cell = 0; cell < x.size(); ++cell) member_[next[bucket_of(cell)]++] = static_cast<std::uint32_t>(cell);
}

/// Numbers below and above all buckets go to the first and the last.
std::uint32_t CellFinder::bucket(double number, double low, std::uint32_t count) const {
  const double at = (number - low) / width_;
  if (!(at > 0)) return 0;
  return at >= count ? count - 1 : static_cast<std::uint32_t>(at);
}

std::uint32_t CellFinder::find(double x, double y) const {
  const std::uint32_t column = bucket(x, x_low_, columns_);
  const std::uint32_t row = bucket(y, y_low_, rows_);
  std::uint32_t nearest = BinEdges::none;
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t r = row == 0 ? 0 : row - 1; r <= std::min(row + 1, rows_ - 1); ++r) {
    const std::uint32_t left = column == 0 ? 0 : column - 1;
    const std::uint32_t right = std::min(column + 1, columns_ - 1);
    for (std::uint32_t i = first_[r * columns_ + left]; i < first_[r * columns_ + right + 1]; ++i) {
      const std::uint32_t cell = member_[i];
      const double dx = x - cells_.x[cell];
      const double dy = y - cells_.y[cell];
      const double square = dx * dx + dy * dy;
      if (square < least) {
        least = square;
        nearest = cell;
      }
    }
  }
  if (nearest == BinEdges::none) return nearest;
  const double reach = reach_of(cells_.size[nearest]);
  return least <= reach * reach ? nearest : BinEdges::none;
}

PointBinning::PointBinning(std::vector<std::uint32_t> layer_numbers, std::vector<PlaneGrid> grids)
    : grids_(std::move(grids)) {
  number_layers(layer_numbers);
  number_voxels();
}

PointBinning::PointBinning(std::vector<std::uint32_t> layer_numbers, std::vector<PlaneCells> cells) {
  finders_.reserve(cells.size());
  for (auto& layer : cells) finders_.emplace_back(std::move(layer));
  number_layers(layer_numbers);
  number_voxels();
}

PointBinning::PointBinning(BinEdges z, std::vector<PlaneGrid> grids)
    : by_z_(true), z_(std::move(z)), grids_(std::move(grids)) {
  if (z_.bins() != grids_.size()) throw Error(ErrorCode::shape, "a binning needs one grid a layer");
  number_voxels();
}

void PointBinning::number_layers(const std::vector<std::uint32_t>& numbers) {
  if (numbers.empty() || numbers.size() != std::max(grids_.size(), finders_.size())) {
    throw Error(ErrorCode::shape, "a binning needs one number a layer");
  }
  for (std::uint32_t place = 0; place < numbers.size(); ++place) {
    const std::uint32_t number = numbers[place];
    if (number >= most_layers) throw Error(ErrorCode::argument, "a number of a layer is too large");
    if (number >= layer_at_.size()) layer_at_.resize(std::size_t{number} + 1, none);
    if (layer_at_[number] != none) throw Error(ErrorCode::argument, "two layers of a binning have one number");
    layer_at_[number] = place;
  }
}

void PointBinning::number_voxels() {
  std::uint64_t next = 0;
  const auto add = [&](std::uint64_t voxels) {
    next += voxels;
    if (next >= none) throw Error(ErrorCode::argument, "too many voxels");
    first_voxel_.push_back(static_cast<std::uint32_t>(next));
  };
  for (const auto& grid : grids_) add(std::uint64_t{grid.x.bins()} * grid.y.bins());
  for (const auto& finder : finders_) add(finder.cells());
}

}  // namespace caloscope
