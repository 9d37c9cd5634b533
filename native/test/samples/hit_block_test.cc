#include "core/samples/hit_block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/run/error.h"
#include "core/run/random.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

/// Voxels of a shower with its hits in place; the voxels of the hits must ascend.
std::vector<double> dense_row(const HitBlock& block, std::uint64_t row) {
  std::vector<double> dense(block.voxels());
  std::int64_t last = -1;
  std::uint32_t hits = 0;
  block.for_each_hit(row, [&](std::uint32_t voxel, double energy) {
    EXPECT_GT(std::int64_t{voxel}, last);
    EXPECT_FALSE(energy == 0);
    last = voxel;
    dense[voxel] = energy;
    ++hits;
  });
  EXPECT_EQ(block.hits_of(row), hits);
  return dense;
}

template <class T>
void expect_hits(const std::vector<std::vector<T>>& columns, std::uint64_t rows) {
  std::vector<ShowerColumns> parts;
  for (const auto& numbers : columns) {
    parts.push_back({std::span<const T>(numbers), static_cast<std::uint32_t>(numbers.size() / rows)});
  }
  std::vector<double> incident(rows);
  for (std::uint64_t row = 0; row < rows; ++row) incident[row] = static_cast<double>(row) + 0.5;
  const HitBlock block(incident, parts);
  std::uint64_t hits = 0;
  bool wide = false, finite = true;
  for (std::uint64_t row = 0; row < rows; ++row) {
    const auto found = dense_row(block, row);
    std::size_t voxel = 0;
    for (const auto& numbers : columns) {
      const std::size_t length = numbers.size() / rows;
      for (std::size_t i = 0; i < length; ++i, ++voxel) {
        const auto number = static_cast<double>(numbers[row * length + i]);
        if (std::isnan(number)) ASSERT_TRUE(std::isnan(found[voxel]));
        else ASSERT_EQ(found[voxel], number);
        hits += number != 0;
        wide = wide || (!std::isnan(number) && static_cast<double>(static_cast<float>(number)) != number);
        finite = finite && std::isfinite(number);
      }
    }
    ASSERT_EQ(voxel, block.voxels());
    EXPECT_EQ(block.incident_energies()[row], incident[row]);
  }
  EXPECT_EQ(block.hits(), hits);
  EXPECT_EQ(block.wide_energies(), wide);
  EXPECT_EQ(block.finite(), finite);
}

template <class T>
std::vector<T> random_numbers(std::size_t count, double occupancy, bool odd, RandomStream& random) {
  const T oddities[] = {T(-0.0), std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(), T(-1),
                        std::numeric_limits<T>::denorm_min()};
  std::vector<T> numbers(count);
  for (T& number : numbers) {
    if (random.uniform() < occupancy) number = static_cast<T>(static_cast<float>(random.uniform() + 1e-3));
    if (odd && random.uniform() < 0.02) number = oddities[static_cast<int>(5 * random.uniform())];
  }
  return numbers;
}

TEST(HitBlock, HoldsEveryVoxelThatIsNotZero) {
  RandomStream random(3, 0);
  for (const bool odd : {false, true}) {
    for (const double occupancy : {0.0, 0.02, 0.3, 1.0}) {
      for (const std::size_t width : {1U, 2U, 15U, 16U, 17U, 31U, 33U, 64U, 100U}) {
        for (const std::uint64_t rows : {1U, 2U, 7U}) {
          const auto floats = [&](std::size_t w) { return random_numbers<float>(w * rows, occupancy, odd, random); };
          const auto doubles = [&](std::size_t w) { return random_numbers<double>(w * rows, occupancy, odd, random); };
          expect_hits<float>({floats(width)}, rows);
          expect_hits<double>({doubles(width)}, rows);
          expect_hits<double>({doubles(width), doubles(3)}, rows);
          expect_hits<float>({floats(5), floats(width), floats(1)}, rows);
        }
      }
    }
  }
}

TEST(HitBlock, TakesFloat64OnlyWhereItIsNeeded) {
  std::vector<double> numbers(20, 0.5);
  numbers[3] = 0;
  expect_hits<double>({numbers}, 2);
  numbers.back() = 0.1;
  expect_hits<double>({numbers}, 2);
  numbers.back() = 1e300;
  expect_hits<double>({numbers}, 2);
}

TEST(HitBlock, NumbersVoxelsBeyond16Bits) {
  for (const std::size_t voxels : {65535U, 65536U, 65537U, 70000U}) {
    std::vector<float> numbers(2 * voxels);
    numbers.front() = 2;
    numbers[voxels - 1] = 3;
    numbers.back() = 4;
    expect_hits<float>({numbers}, 2);
  }
}

TEST(HitBlock, MayBeWithoutShowersOrHits) {
  const HitBlock none({}, {{std::span<const float>(), 5}});
  EXPECT_EQ(none.voxels(), 5U);
  EXPECT_EQ(none.rows(), 0U);
  EXPECT_EQ(none.hits(), 0U);
  const std::vector<float> zeros(10);
  const HitBlock empty({1, 2}, {{std::span<const float>(zeros), 5}});
  EXPECT_EQ(empty.rows(), 2U);
  EXPECT_EQ(empty.hits(), 0U);
  EXPECT_EQ(dense_row(empty, 1), std::vector<double>(5));
}

TEST(HitBlock, ForgetsHitsThatBecomeZero) {
  RandomStream random(4, 0);
  const std::uint64_t rows = 50;
  for (const bool wide : {false, true}) {
    auto numbers = random_numbers<double>(rows * 9, 0.6, false, random);
    if (wide) numbers[1] = 0.1;
    HitBlock block(std::vector<double>(rows, 1.0), {{std::span<const double>(numbers), 9}});
    ASSERT_EQ(block.wide_energies(), wide);
    const auto change = [](std::uint32_t voxel, double energy) { return energy < 0.5 ? 0 : (voxel % 2 == 0 ? 2 : 4) * energy; };
    block.change_energies(change);
    for (std::uint64_t row = 0; row < rows; ++row) {
      std::vector<double> expected;
      for (std::uint32_t i = 0; i < 9; ++i) expected.push_back(change(i, numbers[row * 9 + i]));
      ASSERT_EQ(dense_row(block, row), expected);
    }
  }
}

TEST(HitBlock, MultipliesEnergiesByTheWeightsOfTheirVoxels) {
  const std::vector<float> numbers{0, 0.1F, 3, 0, 7, 0.3F};
  const std::vector<double> weights{2, 0.7, 1e-3};
  HitBlock block({1, 1}, {{std::span<const float>(numbers), 3}});
  block.weigh(weights);
  for (std::uint64_t row = 0; row < 2; ++row) {
    std::vector<double> expected;
    for (std::size_t i = 0; i < 3; ++i) {
      expected.push_back(static_cast<float>(static_cast<double>(numbers[row * 3 + i]) * weights[i]));
    }
    ASSERT_EQ(dense_row(block, row), expected);
  }
  EXPECT_THROW(block.weigh(std::span(weights).first(2)), Error);
}

TEST(HitBlock, KnowsWhetherItsEnergiesAreStillFinite) {
  const std::vector<float> numbers{1e38F, 1, 2, 3};
  HitBlock block({1, 1}, {{std::span<const float>(numbers), 2}});
  EXPECT_TRUE(block.finite());
  block.weigh(std::vector<double>{10, 1});  // beyond float32
  EXPECT_FALSE(block.finite());
  HitBlock other({1, 1}, {{std::span<const float>(numbers), 2}});
  other.weigh(std::vector<double>{10, 1});
  const std::uint64_t first = 0;
  other.remove_rows({&first, 1});
  EXPECT_TRUE(other.finite());
  block.change_energies([](std::uint32_t, double energy) { return std::isfinite(energy) ? energy : 0; });
  EXPECT_TRUE(block.finite());
}

TEST(HitBlock, RefusesColumnsThatDoNotFit) {
  const std::vector<float> numbers(12);
  const std::vector<double> doubles(12);
  const std::span<const float> floats(numbers), none;
  const auto code = [](const std::vector<ShowerColumns>& columns, std::size_t rows) {
    return thrown_code([&] { HitBlock(std::vector<double>(rows), columns); });
  };
  EXPECT_EQ(code({}, 1), ErrorCode::argument);
  EXPECT_EQ(code({{floats, 5}}, 2), ErrorCode::shape);
  EXPECT_EQ(code({{floats, 5}}, 3), ErrorCode::shape);
  EXPECT_EQ(code({{floats, 0}}, 2), ErrorCode::shape);
  EXPECT_EQ(code({{floats, 4}, {std::span<const double>(doubles), 4}}, 3), ErrorCode::argument);
  EXPECT_EQ(code({{none, 4000000000U}, {none, 4000000000U}}, 0), ErrorCode::argument);
}

}  // namespace
}  // namespace caloscope
