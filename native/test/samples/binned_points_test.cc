#include "core/samples/binned_points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/run/error.h"
#include "core/run/random.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

const BinEdges spectrum({0.1, 1, 10, 100});

PointBinning binning() {
  const PlaneGrid grid{BinEdges({-2, -1, 0, 1, 2}), BinEdges({-1, 0, 1})};
  return {{0, 1, 2}, std::vector<PlaneGrid>{grid, grid, grid}};
}

/// Points of four numbers (x, y, layer, energy), side by side; `first` and `count` in points.
template <class T>
PointShowers of_four(const std::vector<T>& numbers, std::vector<std::uint64_t> first, std::vector<std::uint64_t> count) {
  PointShowers showers;
  showers.incident_energies.assign(first.size(), 10);
  showers.first = std::move(first);
  showers.count = std::move(count);
  const auto column = [&](std::uint64_t at) { return PointColumn{std::span<const T>(numbers), at, 0, 4}; };
  showers.x = column(0);
  showers.y = column(1);
  showers.layer = column(2);
  showers.energy = column(3);
  return showers;
}

template <class T>
void expect_sums(double factor) {
  RandomStream random(3, 0);
  std::vector<T> numbers;
  std::vector<std::uint64_t> first, count;
  std::vector<std::map<std::uint32_t, double>> sums(20);
  std::vector<double> points(20), energy(20), moment(20);
  std::uint64_t outside = 0;
  for (std::size_t row = 0; row < sums.size(); ++row) {
    first.push_back(numbers.size() / 4);
    count.push_back(row == 4 ? 0 : 50 * row + 1);
    for (std::uint64_t i = 0; i < count.back(); ++i) {
      const T x = static_cast<T>(random.uniform() * 4.4 - 2.2);
      const T y = static_cast<T>(random.uniform() * 2 - 1);
      const auto layer = static_cast<std::uint32_t>(random.uniform() * 3);
      const T e = i % 7 == 0 ? 0 : static_cast<T>(random.uniform());
      numbers.insert(numbers.end(), {x, y, static_cast<T>(layer), e});
      if (e == 0) continue;
      const double in_mev = static_cast<double>(e) * factor;
      ++points[row];
      energy[row] += in_mev;
      moment[row] += in_mev * static_cast<double>(y);
      if (x < -2 || x >= 2) {
        ++outside;
        continue;
      }
      const auto column = static_cast<std::uint32_t>(std::floor(x) + 2);
      sums[row][(layer * 2 + (y >= 0)) * 4 + column] += in_mev;
    }
  }
  const auto found = bin_points([&] {
    auto showers = of_four(numbers, first, count);
    showers.energy_factor = factor;
    return showers;
  }(), binning(), spectrum, 100, {});
  for (std::size_t row = 0; row < sums.size(); ++row) {
    std::map<std::uint32_t, double> hits;
    found.hits.for_each_hit(row, [&](std::uint32_t voxel, double e) { hits[voxel] = e; });
    ASSERT_EQ(hits.size(), sums[row].size());
    for (const auto& [voxel, sum] : sums[row]) {
      // float32 showers are float32 again.
      ASSERT_EQ(hits[voxel], static_cast<double>(static_cast<T>(sum))) << row << ' ' << voxel;
    }
    EXPECT_EQ(found.observables.points[row], points[row]);
    if (points[row] == 0) EXPECT_TRUE(std::isnan(found.observables.center[1][row]));
    else EXPECT_DOUBLE_EQ(found.observables.center[1][row], moment[row] / energy[row]);
    double counted = 0;
    found.spectrum.for_each_hit(row, [&](std::uint32_t, double points_of_bin) { counted += points_of_bin; });
    EXPECT_LE(counted, points[row]);
  }
  EXPECT_EQ(found.notes.outside.count, outside);
  EXPECT_EQ(found.hits.wide_energies(), (std::is_same_v<T, double>));
}

TEST(BinnedPoints, AreTheSumsOfAPlainLoop) {
  expect_sums<float>(1000);
  expect_sums<double>(1);
}

TEST(BinnedPoints, CountPointsByEnergy) {
  const std::vector<double> numbers{0, 0, 0, 0.5, 0, 0, 0, 5, 9, 9, 9, 5, 0, 0, 0, 0.01};
  const auto found = bin_points(of_four(numbers, {0}, {4}), binning(), spectrum, 0, {});
  std::vector<double> counts(3);
  found.spectrum.for_each_hit(0, [&](std::uint32_t bin, double count) { counts[bin] = count; });
  EXPECT_EQ(counts, (std::vector<double>{1, 2, 0}));
  EXPECT_EQ(found.observables.points[0], 4);
  EXPECT_EQ(found.notes.outside_energy, 5);
  EXPECT_EQ(found.notes.outside.first_voxel, 2U);
  EXPECT_EQ(found.notes.first_outside[2], 9);
}

TEST(BinnedPoints, NoteOddPointsAndLeaveThemOut) {
  const std::vector<float> numbers{0, 0, 0, NAN, NAN, 0, 0, 1, 0, 0, NAN, 2, 0, 0, 0, -3, 0, 0, 0, 4};
  const auto kept = bin_points(of_four(numbers, {0, 1}, {1, 4}), binning(), spectrum, 7, {});
  EXPECT_EQ(kept.notes.points, 5U);
  EXPECT_EQ(kept.notes.non_finite_energies.first_row, 7U);
  EXPECT_EQ(kept.notes.non_finite_coordinates.count, 2U);
  EXPECT_EQ(kept.notes.non_finite_coordinates.first_row, 8U);
  EXPECT_EQ(kept.notes.non_finite_coordinates.first_voxel, 0U);
  EXPECT_EQ(kept.notes.negative_energies.first_voxel, 2U);
  EXPECT_EQ(kept.hits.hits(), 1U);
  kept.hits.for_each_hit(1, [](std::uint32_t, double energy) { EXPECT_EQ(energy, 1); });
  const auto zeroed = bin_points(of_four(numbers, {0, 1}, {1, 4}), binning(), spectrum, 7, {true, true});
  zeroed.hits.for_each_hit(1, [](std::uint32_t, double energy) { EXPECT_EQ(energy, 4); });
}

TEST(BinnedPoints, AMaskSaysWhichPointsThereAre) {
  const std::vector<float> numbers{0, 0, 0, 1, 0, 0, 0, 2};
  const std::vector<float> mask{1, 0};
  auto showers = of_four(numbers, {0}, {2});
  showers.mask = PointColumn{std::span<const float>(mask), 0, 0, 1};
  const auto found = bin_points(showers, binning(), spectrum, 0, {});
  EXPECT_EQ(found.notes.points, 1U);
  found.hits.for_each_hit(0, [](std::uint32_t, double energy) { EXPECT_EQ(energy, 1); });
}

TEST(BinnedPoints, RefuseColumnsThatAreTooShort) {
  const std::vector<float> numbers(8, 1);
  const auto refused = [&](std::uint64_t first, std::uint64_t count, std::uint64_t shower_stride = 0) {
    auto showers = of_four(numbers, {0, first}, {0, count});
    showers.energy.shower_stride = shower_stride;
    return thrown_code([&] { bin_points(showers, binning(), spectrum, 0, {}); });
  };
  EXPECT_EQ(refused(0, 3), ErrorCode::shape);
  EXPECT_EQ(refused(2, 1), ErrorCode::shape);
  EXPECT_EQ(refused(std::uint64_t{1} << 62U, 1), ErrorCode::shape);
  EXPECT_EQ(refused(1, 1, 4), ErrorCode::shape);
  auto no_layer = of_four(numbers, {0}, {1});
  no_layer.layer.reset();
  EXPECT_EQ(thrown_code([&] { bin_points(no_layer, binning(), spectrum, 0, {}); }), ErrorCode::argument);
}

}  // namespace
}  // namespace caloscope
