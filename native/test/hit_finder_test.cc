#include "core/hit_finder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "thrown_code.h"

namespace caloscope {
namespace {

template <class T>
struct Found {
  std::vector<std::uint32_t> offset, voxel;
  std::vector<T> energy;
};

/// One voxel after the other, as it is defined.
template <class T>
Found<T> found_plainly(const std::vector<std::vector<T>>& columns, std::uint64_t rows) {
  Found<T> found{{0}, {}, {}};
  for (std::uint64_t row = 0; row < rows; ++row) {
    std::uint32_t voxel = 0;
    for (const auto& numbers : columns) {
      const std::size_t length = numbers.size() / rows;
      for (std::size_t i = 0; i < length; ++i, ++voxel) {
        if (numbers[row * length + i] == 0) continue;
        found.voxel.push_back(voxel);
        found.energy.push_back(numbers[row * length + i]);
      }
    }
    found.offset.push_back(static_cast<std::uint32_t>(found.voxel.size()));
  }
  return found;
}

template <class T, class Voxel>
void expect_hits(const std::vector<std::vector<T>>& columns, std::uint64_t rows) {
  std::vector<ShowerColumns> parts;
  for (const auto& numbers : columns) {
    parts.push_back({std::span<const T>(numbers), static_cast<std::uint32_t>(numbers.size() / rows)});
  }
  const HitFinder finder(parts, rows);
  const auto expected = found_plainly(columns, rows);
  ASSERT_EQ(finder.offset(), expected.offset);
  ASSERT_EQ(finder.hits(), expected.voxel.size());
  // Exactly the room that is asked for, so that a sanitizer sees a step beyond it.
  std::vector<Voxel> voxel(finder.room(), 77);
  std::vector<T> energy(finder.room(), 77);
  finder.write<Voxel, T>(voxel, energy);
  for (std::size_t hit = 0; hit < expected.voxel.size(); ++hit) {
    ASSERT_EQ(voxel[hit], expected.voxel[hit]);
    ASSERT_TRUE(energy[hit] == expected.energy[hit] || std::isnan(expected.energy[hit]));
    ASSERT_EQ(std::isnan(energy[hit]), std::isnan(expected.energy[hit]));
  }
}

template <class T>
std::vector<T> random_numbers(std::size_t count, double occupancy, RandomStream& random) {
  const T odd[] = {T(-0.0), std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(), T(-1),
                   std::numeric_limits<T>::denorm_min()};
  std::vector<T> numbers(count);
  for (T& number : numbers) {
    if (random.uniform() < occupancy) number = static_cast<T>(random.uniform() + 1e-3);
    if (random.uniform() < 0.02) number = odd[static_cast<int>(5 * random.uniform())];
  }
  return numbers;
}

TEST(HitFinder, FindsEveryVoxelThatIsNotZero) {
  RandomStream random(3, 0);
  for (const double occupancy : {0.0, 0.02, 0.3, 1.0}) {
    for (const std::size_t width : {1U, 2U, 15U, 16U, 17U, 31U, 33U, 64U, 100U}) {
      for (const std::uint64_t rows : {1U, 2U, 7U}) {
        expect_hits<float, std::uint16_t>({random_numbers<float>(width * rows, occupancy, random)}, rows);
        expect_hits<double, std::uint32_t>({random_numbers<double>(width * rows, occupancy, random)}, rows);
        expect_hits<double, std::uint16_t>({random_numbers<double>(width * rows, occupancy, random),
                                            random_numbers<double>(3 * rows, occupancy, random)},
                                           rows);
        expect_hits<float, std::uint32_t>({random_numbers<float>(5 * rows, occupancy, random),
                                           random_numbers<float>(width * rows, occupancy, random),
                                           random_numbers<float>(rows, occupancy, random)},
                                          rows);
      }
    }
  }
}

TEST(HitFinder, ReachesTheLastVoxel) {
  for (const std::size_t voxels : {65536U, 70000U}) {
    std::vector<float> numbers(2 * voxels);
    numbers[voxels - 1] = 3;
    numbers.back() = 4;
    expect_hits<float, std::uint32_t>({numbers}, 2);
    if (voxels == 65536) expect_hits<float, std::uint16_t>({numbers}, 2);
  }
}

TEST(HitFinder, TakesABlockWithoutShowers) {
  const HitFinder finder({{std::span<const float>(), 5}}, 0);
  EXPECT_EQ(finder.voxels(), 5U);
  EXPECT_EQ(finder.hits(), 0U);
  EXPECT_EQ(finder.offset(), std::vector<std::uint32_t>{0});
}

TEST(HitFinder, RefusesColumnsThatDoNotFit) {
  const std::vector<float> numbers(12);
  const std::vector<double> doubles(12);
  const std::span<const float> floats(numbers);
  const auto code = [](std::vector<ShowerColumns> columns, std::uint64_t rows) {
    return code_of([&] { HitFinder(std::move(columns), rows); });
  };
  EXPECT_EQ(code({}, 1), ErrorCode::argument);
  EXPECT_EQ(code({{floats, 5}}, 2), ErrorCode::shape);
  EXPECT_EQ(code({{floats, 5}}, 3), ErrorCode::shape);
  EXPECT_EQ(code({{floats, 0}}, 2), ErrorCode::shape);
  EXPECT_EQ(code({{floats, 4}}, std::numeric_limits<std::uint64_t>::max()), ErrorCode::shape);
  EXPECT_EQ(code({{floats, 4}, {std::span<const double>(doubles), 4}}, 3), ErrorCode::argument);
  EXPECT_EQ(code({{std::span<const float>(), 4000000000U}, {std::span<const float>(), 4000000000U}}, 0), ErrorCode::argument);
  const HitFinder finder({{floats, 4}}, 3);
  std::vector<std::uint16_t> voxel;
  std::vector<float> energy(1);
  EXPECT_EQ(code_of([&] { finder.write<std::uint16_t, float>(voxel, energy); }), ErrorCode::internal);
}

}  // namespace
}  // namespace caloscope
