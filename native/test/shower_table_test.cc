#include "core/shower_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/job_control.h"
#include "core/random.h"

namespace caloscope {
namespace {

constexpr double no_threshold = -std::numeric_limits<double>::infinity();

std::vector<double> dense_row(const ShowerTable& table, std::uint64_t row, double threshold = no_threshold) {
  Hits hits;
  table.read(row, threshold, hits);
  std::vector<double> dense(table.voxels());
  for (std::size_t hit = 0; hit < hits.size(); ++hit) {
    EXPECT_TRUE(hit == 0 || hits.voxel[hit] > hits.voxel[hit - 1]);
    EXPECT_NE(hits.energy[hit], 0);
    dense[hits.voxel[hit]] = hits.energy[hit];
  }
  return dense;
}

template <class T>
void append(ShowerTable& table, std::vector<T> voxels, std::vector<double> energies = {}) {
  energies.resize(voxels.size() / table.voxels(), 1000);
  table.append(energies, std::span<const T>(voxels));
}

TEST(ShowerTable, KeepsWhatItWasGivenToTheLastBit) {
  // Float32 and float64 blocks in turn; a double that is no float comes first, in the middle, late, or never.
  RandomStream random(1, 0);
  for (const int first_wide : {0, 1, 37, 38, 199, 1000}) {
    for (const std::uint32_t voxels : {1U, 5U}) {
      for (const std::uint64_t expected_rows : {0ULL, 10ULL, 5000ULL}) {
        ShowerTable table(voxels, expected_rows);
        std::vector<std::vector<double>> expected;
        bool wide = false;
        for (int row = 0; row < 200; ++row) {
          std::vector<double> shower(voxels);
          for (double& energy : shower) {
            if (random.uniform() < 0.5) continue;
            energy = static_cast<float>(random.normal() * 100);
            if (row < first_wide) continue;
            energy = row % 2 == 0 ? random.normal() : 1e300 * random.uniform();
            wide = true;
          }
          if (row < first_wide && row % 2 == 0) append(table, std::vector<float>(shower.begin(), shower.end()));
          else append(table, shower);
          expected.push_back(shower);
        }
        ASSERT_EQ(table.rows(), 200U);
        EXPECT_EQ(table.wide_energies(), wide);
        std::uint64_t hits = 0;
        for (std::uint64_t row = 0; row < 200; ++row) {
          ASSERT_EQ(dense_row(table, row), expected[row]) << "row " << row << ", wide from " << first_wide;
          const auto lit = voxels - static_cast<std::uint64_t>(std::count(expected[row].begin(), expected[row].end(), 0.0));
          EXPECT_EQ(table.empty(row), lit == 0);
          hits += lit;
        }
        EXPECT_EQ(table.hits(), hits);
      }
    }
  }
}

TEST(ShowerTable, KeepsExtremeNumbersAndTakesNegativeZeroForZero) {
  using float_limits = std::numeric_limits<float>;
  using double_limits = std::numeric_limits<double>;
  ShowerTable narrow(6, 0);
  append<float>(narrow, {float_limits::denorm_min(), -0.0F, float_limits::max(), float_limits::lowest(), 0,
                         float_limits::min()});
  EXPECT_FALSE(narrow.wide_energies());
  EXPECT_EQ(dense_row(narrow, 0), (std::vector<double>{float_limits::denorm_min(), 0, float_limits::max(),
                                                       float_limits::lowest(), 0, float_limits::min()}));
  EXPECT_EQ(narrow.hits(), 4U);
  ShowerTable wide(4, 0);
  append<double>(wide, {double_limits::denorm_min(), -0.0, double_limits::max(), std::nextafter(1.0, 2.0)});
  EXPECT_TRUE(wide.wide_energies());
  EXPECT_EQ(dense_row(wide, 0), (std::vector<double>{double_limits::denorm_min(), 0, double_limits::max(),
                                                     std::nextafter(1.0, 2.0)}));
}

TEST(ShowerTable, NumbersVoxelsBeyond16Bits) {
  for (const std::uint32_t voxels : {65535U, 65536U, 65537U, 70000U}) {
    ShowerTable table(voxels, 2);
    std::vector<float> shower(voxels);
    shower.front() = 1;
    shower[voxels - 2] = 2;
    shower.back() = 3;
    append(table, shower);
    EXPECT_EQ(dense_row(table, 0), std::vector<double>(shower.begin(), shower.end()));
  }
}

TEST(ShowerTable, ReadsHitsNotBelowTheThreshold) {
  ShowerTable table(5, 0);
  const float below = std::nextafter(0.5F, 0.0F);
  append<float>(table, {below, 0.5F, 0.75F, -3, 0});
  EXPECT_EQ(dense_row(table, 0, 0.5), (std::vector<double>{0, 0.5, 0.75, 0, 0}));
  EXPECT_EQ(dense_row(table, 0, 0), (std::vector<double>{below, 0.5, 0.75, 0, 0}));
  EXPECT_EQ(dense_row(table, 0), (std::vector<double>{below, 0.5, 0.75, -3, 0}));
  EXPECT_FALSE(table.empty(0));
}

TEST(ShowerTable, IsAsBeforeAfterAnError) {
  ShowerTable table(3, 100);
  append<float>(table, {1, 0, 2}, {500});
  const auto code_of = [&](std::vector<double> energies, std::vector<double> voxels) {
    try {
      table.append(energies, std::span<const double>(voxels));
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(code_of({1}, {1, 2}), ErrorCode::shape);
  EXPECT_EQ(code_of({1, 2}, {1, 2, 3}), ErrorCode::shape);
  EXPECT_EQ(code_of({1, 1}, {1, 2, 3, 4, 5, nan}), ErrorCode::non_finite);
  EXPECT_EQ(code_of({1}, {1, 0.1, -infinity}), ErrorCode::non_finite);
  EXPECT_EQ(code_of({1, nan}, {1, 2, 3, 4, 5, 6}), ErrorCode::non_finite);
  EXPECT_EQ(table.rows(), 1U);
  EXPECT_EQ(table.hits(), 2U);
  EXPECT_FALSE(table.wide_energies());
  EXPECT_EQ(code_of({7}, {0, 0.1, 0}), ErrorCode::internal) << "a sound shower was refused";
  EXPECT_EQ(dense_row(table, 0), (std::vector<double>{1, 0, 2}));
  EXPECT_EQ(dense_row(table, 1), (std::vector<double>{0, 0.1, 0}));
  EXPECT_EQ(std::vector<double>(table.incident_energies().begin(), table.incident_energies().end()),
            (std::vector<double>{500, 7}));
  EXPECT_THROW(ShowerTable(0, 0), Error);
}

/// Showers as dense rows and as their hits; voxel numbers in the bits that a table of so many voxels wants.
struct TwoForms {
  std::vector<double> incident_energy, dense;
  std::vector<std::uint32_t> offset{0}, voxel32;
  std::vector<std::uint16_t> voxel16;
  std::vector<float> energy32;
  std::vector<double> energy64;

  HitRows hits(bool narrow, bool wide) const {
    HitRows rows{offset, std::span<const std::uint16_t>(voxel16), std::span<const float>(energy32)};
    if (!narrow) rows.voxel = std::span<const std::uint32_t>(voxel32);
    if (wide) rows.energy = std::span<const double>(energy64);
    return rows;
  }
};

TwoForms two_forms(std::uint32_t voxels, std::uint64_t rows, double occupancy, bool wide, RandomStream& random) {
  TwoForms forms;
  for (std::uint64_t row = 0; row < rows; ++row) {
    forms.incident_energy.push_back(1000 * random.uniform());
    for (std::uint32_t v = 0; v < voxels; ++v) {
      double energy = random.uniform() < occupancy ? random.normal() : 0;
      if (!wide) energy = static_cast<float>(energy);
      forms.dense.push_back(energy);
      if (energy == 0) continue;
      forms.voxel16.push_back(static_cast<std::uint16_t>(v));
      forms.voxel32.push_back(v);
      forms.energy32.push_back(static_cast<float>(energy));
      forms.energy64.push_back(energy);
    }
    forms.offset.push_back(static_cast<std::uint32_t>(forms.voxel32.size()));
  }
  return forms;
}

TEST(ShowerTable, TakesHitsAsItTakesVoxels) {
  RandomStream random(7, 0);
  for (const std::uint32_t voxels : {1U, 40U, 65536U, 65537U}) {
    for (const double occupancy : {0.0, 0.1, 1.0}) {
      ShowerTable dense(voxels, 0), sparse(voxels, 11);
      for (const bool wide : {false, true, false}) {
        for (const std::uint64_t rows : {3U, 0U, 8U}) {
          if (voxels > 1000 && rows == 8) continue;
          const TwoForms forms = two_forms(voxels, rows, occupancy, wide, random);
          dense.append(forms.incident_energy, std::span<const double>(forms.dense));
          sparse.append(forms.incident_energy, forms.hits(voxels <= 65536, wide));
        }
      }
      ASSERT_EQ(sparse.rows(), dense.rows());
      EXPECT_EQ(sparse.hits(), dense.hits());
      EXPECT_EQ(sparse.wide_energies(), dense.wide_energies());
      for (std::uint64_t row = 0; row < dense.rows(); ++row) {
        ASSERT_EQ(dense_row(sparse, row), dense_row(dense, row));
        EXPECT_EQ(sparse.fingerprint(row), dense.fingerprint(row));
      }
    }
  }
}

TEST(ShowerTable, KeepsMillionsOfHitsWhereTheyAre) {
  // Blocks of many sizes, small ones and some larger than a segment, with empty showers at the seams.
  RandomStream random(8, 0);
  const std::uint32_t voxels = 100;
  ShowerTable table(voxels, 30000);
  std::vector<double> expected;
  for (const std::uint64_t rows : {1U, 5000U, 3000U, 2U, 15000U, 4000U, 1U, 2999U}) {
    TwoForms forms = two_forms(voxels, rows, rows == 2 ? 0 : 0.9, rows == 3000, random);
    table.append(forms.incident_energy, forms.hits(true, rows == 3000));
    expected.insert(expected.end(), forms.dense.begin(), forms.dense.end());
  }
  ASSERT_EQ(table.rows() * voxels, expected.size());
  EXPECT_LE(table.bytes(), table.rows() * 16 + table.hits() * 10 + (std::size_t{4} << 20) * 10);
  for (std::uint64_t row = 0; row < table.rows(); ++row) {
    const auto begin = expected.begin() + static_cast<std::ptrdiff_t>(row * voxels);
    ASSERT_EQ(dense_row(table, row), std::vector<double>(begin, begin + voxels)) << row;
  }
}

TEST(ShowerTable, RefusesHitsThatAreNone) {
  ShowerTable table(4, 0);
  append<float>(table, {1, 0, 2, 0});
  const std::vector<double> energies{10, 20};
  const auto code_of = [&](std::vector<std::uint32_t> offset, std::vector<std::uint16_t> voxel, std::vector<float> energy) {
    try {
      table.append(energies, {offset, std::span<const std::uint16_t>(voxel), std::span<const float>(energy)});
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  const float nan = std::nanf("");
  EXPECT_EQ(code_of({0, 1}, {0}, {1}), ErrorCode::shape);
  EXPECT_EQ(code_of({0, 1, 3}, {0, 1}, {1, 1}), ErrorCode::shape);
  EXPECT_EQ(code_of({0, 1, 2}, {0, 1}, {1}), ErrorCode::shape);
  EXPECT_EQ(code_of({0, 2, 1}, {0}, {1}), ErrorCode::shape);
  EXPECT_EQ(code_of({1, 1, 1}, {0}, {1}), ErrorCode::shape);
  EXPECT_EQ(code_of({}, {}, {}), ErrorCode::shape);
  EXPECT_EQ(code_of({0, 1, 2}, {0, 4}, {1, 1}), ErrorCode::argument);
  EXPECT_EQ(code_of({0, 2, 2}, {1, 1}, {1, 1}), ErrorCode::argument);
  EXPECT_EQ(code_of({0, 2, 2}, {2, 1}, {1, 1}), ErrorCode::argument);
  EXPECT_EQ(code_of({0, 1, 2}, {0, 0}, {1, 0}), ErrorCode::argument);
  EXPECT_EQ(code_of({0, 1, 2}, {0, 0}, {1, nan}), ErrorCode::non_finite);
  const std::vector<std::uint32_t> offset{0, 0, 0};
  EXPECT_THROW(table.append(energies, {offset, std::span<const std::uint32_t>(), std::span<const float>()}), Error)
      << "32 bits where 16 belong";
  EXPECT_EQ(table.rows(), 1U);
  EXPECT_EQ(table.hits(), 2U);
  EXPECT_EQ(code_of({0, 1, 2}, {3, 0}, {5, -6}), ErrorCode::internal) << "sound hits were refused";
  EXPECT_EQ(dense_row(table, 1), (std::vector<double>{0, 0, 0, 5}));
  EXPECT_EQ(dense_row(table, 2), (std::vector<double>{-6, 0, 0, 0}));
}

TEST(RepeatedShowers, AreCountedAgainstAnEarlierRow) {
  ShowerTable first(2, 0), second(2, 0);
  //              0     1     2     3 = 0 4 empty 5 empty 6 = 0  7: 0 at another energy
  append<float>(first, {1, 2, 3, 0, 0, 3, 1, 2, 0, 0, 0, 0, 1, 2, 1, 2}, {9, 9, 9, 9, 9, 9, 9, 8});
  // The same numbers in float64, and one that is not: tables of both widths compare.
  append<double>(second, {0, 3, 1, 2, 0.1, 0, 0, 0, 1, 2}, {9, 9, 9, 9, 9});
  JobControl control;
  const auto found = find_repeated_showers(first, second, control);
  EXPECT_EQ(found.within_first, 2U);
  EXPECT_EQ(found.example_first[0], 0U);
  EXPECT_EQ(found.example_first[1], 3U);
  EXPECT_EQ(found.within_second, 1U);
  EXPECT_EQ(found.example_second[0], 1U);
  EXPECT_EQ(found.example_second[1], 4U);
  EXPECT_EQ(found.shared, 3U);
  EXPECT_EQ(found.example_shared[0], 2U);
  EXPECT_EQ(found.example_shared[1], 0U);
  control.cancel();
  EXPECT_THROW(find_repeated_showers(first, second, control), Error);
}

TEST(RepeatedShowers, FindNoneAmongManyDifferentOnes) {
  RandomStream random(2, 0);
  ShowerTable first(3, 0), second(3, 0);
  for (auto* table : {&first, &second}) {
    // Many showers that share hits and differ in one.
    std::vector<float> voxels;
    for (int row = 0; row < 20000; ++row) {
      const float label = static_cast<float>(2 * row + (table == &second ? 1 : 0) + 1);
      voxels.insert(voxels.end(), {1, row % 2 == 0 ? label : 0.0F, row % 2 == 0 ? 0.0F : label});
    }
    append(*table, voxels);
  }
  JobControl control;
  const auto found = find_repeated_showers(first, second, control);
  EXPECT_EQ(found.within_first + found.within_second + found.shared, 0U);
}

}  // namespace
}  // namespace caloscope
