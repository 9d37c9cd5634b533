#pragma once

#include <cstdint>
#include <vector>

#include "core/samples/bin_edges.h"

namespace caloscope {

/// A layer of columns (x) and rows (y); voxel in the layer = row · columns + column.
struct PlaneGrid {
  BinEdges x, y;
};

/// A layer of cells of any size at any place, such as the hexagons of a silicon calorimeter. `size` is that of a square, or of
/// a hexagon between opposite sides.
struct PlaneCells {
  std::vector<double> x, y, size;
};

/// Finds the cell of a place among the cells of a layer: the one whose center is nearest. No point of a square or a regular
/// hexagon lies farther from its center than size/√2; what does lies in no cell.
class CellFinder {
 public:
  /// Throws Error(argument) for no cells, places or sizes that are not finite, and sizes that are not above 0.
  explicit CellFinder(PlaneCells cells);
  std::uint32_t cells() const { return static_cast<std::uint32_t>(cells_.x.size()); }
  /// BinEdges::none outside of all cells.
  std::uint32_t find(double x, double y) const;

 private:
  std::uint32_t bucket(double number, double low, std::uint32_t count) const;

  PlaneCells cells_;
  // Cells sorted into square buckets that are as wide as a cell reaches: the nearest is in the same or a neighboring one.
  double width_ = 1, x_low_ = 0, y_low_ = 0;
  std::uint32_t columns_ = 1, rows_ = 1;
  std::vector<std::uint32_t> first_, member_;
};

/// What a point must say to be given a voxel.
struct PointPlace {
  double x = 0, y = 0;
  double layer = 0;  ///< number of the layer, or z: whichever the binning asks for
};

/// Gives points their voxels, numbered layer by layer as those of a geometry.
class PointBinning {
 public:
  static constexpr std::uint32_t none = BinEdges::none;

  /// Layers by their numbers: a point is in layer l from l − ½ up to l + ½.
  PointBinning(std::vector<std::uint32_t> layer_numbers, std::vector<PlaneGrid> grids);
  PointBinning(std::vector<std::uint32_t> layer_numbers, std::vector<PlaneCells> cells);
  /// Layers between values of z.
  PointBinning(BinEdges z, std::vector<PlaneGrid> grids);

  std::uint32_t voxels() const { return first_voxel_.back(); }
  /// Whether layers are found by z.
  bool by_z() const { return by_z_; }
  /// `none` for a point outside; coordinates must be finite.
  std::uint32_t find(const PointPlace& place) const {
    const std::uint32_t layer = layer_of(place.layer);
    if (layer == none) return none;
    if (finders_.empty()) {
      const PlaneGrid& grid = grids_[layer];
      const std::uint32_t column = grid.x.find(place.x);
      const std::uint32_t row = grid.y.find(place.y);
      if (column == none || row == none) return none;
      return first_voxel_[layer] + row * grid.x.bins() + column;
    }
    const std::uint32_t cell = finders_[layer].find(place.x, place.y);
    return cell == none ? none : first_voxel_[layer] + cell;
  }

 private:
  std::uint32_t layer_of(double layer) const {
    if (by_z_) return z_.find(layer);
    const double number = layer + 0.5;
    if (!(number >= 0 && number < static_cast<double>(layer_at_.size()))) return none;
    return layer_at_[static_cast<std::uint32_t>(number)];
  }
  void number_layers(const std::vector<std::uint32_t>& numbers);
  void number_voxels();

  bool by_z_ = false;
  BinEdges z_;
  std::vector<std::uint32_t> layer_at_;  ///< of each layer number, or none
  std::vector<PlaneGrid> grids_;
  std::vector<CellFinder> finders_;
  std::vector<std::uint32_t> first_voxel_{0};
};

}  // namespace caloscope
