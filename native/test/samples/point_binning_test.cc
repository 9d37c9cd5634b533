#include "core/samples/point_binning.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/run/error.h"
#include "core/run/random.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

constexpr auto none = PointBinning::none;

std::uint32_t bin_by_walking(const std::vector<double>& edges, double number) {
  for (std::uint32_t i = 0; i + 1 < edges.size(); ++i) {
    if (number >= edges[i] && number < edges[i + 1]) return i;
  }
  return none;
}

TEST(BinEdges, FindsWhatAWalkFinds) {
  std::vector<std::vector<double>> cases{{-3, 5}, {0, 0.1, 0.2, 0.30000000000000004, 0.4}, {-1, 0, 10, 11, 1000}, {}};
  for (int i = 0; i <= 57; ++i) cases.back().push_back(-200 + i * 400.0 / 57);
  RandomStream random(1, 0);
  for (const auto& edges : cases) {
    const BinEdges bins(edges);
    EXPECT_EQ(bins.bins(), edges.size() - 1);
    const double width = edges.back() - edges.front();
    for (int i = 0; i < 2000; ++i) {
      const double number = edges.front() + (random.uniform() * 1.2 - 0.1) * width;
      ASSERT_EQ(bins.find(number), bin_by_walking(edges, number)) << number;
    }
    for (const double edge : edges) {
      for (const double near : {std::nextafter(edge, -1e9), edge, std::nextafter(edge, 1e9)}) {
        ASSERT_EQ(bins.find(near), bin_by_walking(edges, near)) << near;
      }
    }
    for (const double odd : {std::nan(""), std::numeric_limits<double>::infinity(), -1e308}) EXPECT_EQ(bins.find(odd), none);
  }
}

TEST(BinEdges, RefusesEdgesThatDoNotAscend) {
  for (const auto& edges : std::vector<std::vector<double>>{{}, {1}, {1, 1}, {2, 1}, {0, std::nan("")}, {0, 1, INFINITY}}) {
    EXPECT_EQ(thrown_code([&] { BinEdges bins(edges); }), ErrorCode::argument);
  }
}

TEST(PointBinning, NumbersVoxelsByLayerRowAndColumn) {
  const PlaneGrid first{BinEdges({0, 1, 2, 3}), BinEdges({0, 10, 20})};
  const PlaneGrid second{BinEdges({0, 1.5, 3}), BinEdges({-20, 20})};
  const PointBinning by_number({7, 3}, {first, second});
  EXPECT_FALSE(by_number.by_z());
  EXPECT_EQ(by_number.voxels(), 8U);
  EXPECT_EQ(by_number.find({2.5, 15, 7}), 5U);
  EXPECT_EQ(by_number.find({2.5, 5, 7.49}), 2U);
  EXPECT_EQ(by_number.find({2.5, -15, 3}), 7U);
  for (const PointPlace& outside : std::vector<PointPlace>{{2.5, 15, 6}, {2.5, 15, 7.5}, {3, 15, 7}, {-0.1, 5, 7}, {1, 20, 7},
                                                          {1, 1, -1}, {1, 1, 1e300}, {1, 1, 0}}) {
    EXPECT_EQ(by_number.find(outside), none);
  }
  const PointBinning by_z(BinEdges({100, 110, 150}), {first, second});
  EXPECT_TRUE(by_z.by_z());
  EXPECT_EQ(by_z.find({2.5, 15, 105}), 5U);
  EXPECT_EQ(by_z.find({2.5, -15, 110}), 7U);
  EXPECT_EQ(by_z.find({2.5, 15, 150}), none);
}

TEST(PointBinning, RefusesLayersThatDoNotFit) {
  const PlaneGrid grid{BinEdges({0, 1}), BinEdges({0, 1})};
  const auto numbered = [&](std::vector<std::uint32_t> layers) {
    return thrown_code([&] { PointBinning(layers, std::vector<PlaneGrid>{grid, grid}); });
  };
  EXPECT_EQ(numbered({1}), ErrorCode::shape);
  EXPECT_EQ(numbered({1, 1}), ErrorCode::argument);
  EXPECT_EQ(numbered({1, 4000000000U}), ErrorCode::argument);
  EXPECT_EQ(thrown_code([&] { PointBinning(BinEdges({0, 1}), {grid, grid}); }), ErrorCode::shape);
}

/// Hexagons of two sizes side by side, as in the layers of a silicon calorimeter.
PlaneCells hexagons(double size, std::uint32_t columns, std::uint32_t rows) {
  PlaneCells cells;
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t column = 0; column < columns; ++column) {
      cells.x.push_back(-30 + size * (column + (row % 2) * 0.5));
      cells.y.push_back(12 + size * std::sqrt(0.75) * row);
      cells.size.push_back(size);
    }
  }
  return cells;
}

TEST(CellFinder, FindsTheNearestCellThatReaches) {
  PlaneCells cells = hexagons(5, 13, 17);
  const PlaneCells others = hexagons(2, 9, 30);
  for (std::size_t i = 0; i < others.x.size(); ++i) {
    cells.x.push_back(others.x[i] + 70);
    cells.y.push_back(others.y[i]);
    cells.size.push_back(others.size[i]);
  }
  const CellFinder finder(cells);
  RandomStream random(2, 0);
  std::uint32_t inside = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = -50 + 150 * random.uniform();
    const double y = 110 * random.uniform();
    std::uint32_t nearest = 0;
    double least = INFINITY;
    for (std::uint32_t cell = 0; cell < cells.x.size(); ++cell) {
      const double square = (x - cells.x[cell]) * (x - cells.x[cell]) + (y - cells.y[cell]) * (y - cells.y[cell]);
      if (square < least) {
        least = square;
        nearest = cell;
      }
    }
    const bool reached = least <= cells.size[nearest] * cells.size[nearest] / 2;
    ASSERT_EQ(finder.find(x, y), reached ? nearest : none) << x << ' ' << y;
    inside += reached;
  }
  EXPECT_GT(inside, 2000U);
  for (std::uint32_t cell = 0; cell < cells.x.size(); ++cell) EXPECT_EQ(finder.find(cells.x[cell], cells.y[cell]), cell);
}

TEST(CellFinder, RefusesCellsWithoutPlaceOrSize) {
  for (const PlaneCells& cells : std::vector<PlaneCells>{{}, {{0}, {0}, {0}}, {{0}, {NAN}, {1}}, {{0, 1}, {0}, {1}}}) {
    EXPECT_EQ(thrown_code([&] { CellFinder finder(cells); }), ErrorCode::argument);
  }
}

}  // namespace
}  // namespace caloscope
