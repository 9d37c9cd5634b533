#include "core/samples/shower_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/run/error.h"
#include "core/run/job_control.h"
#include "core/run/random.h"
#include "test/support/thrown_code.h"

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
    return thrown_code([&] { table.append(energies, std::span<const double>(voxels)); });
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
  EXPECT_EQ(code_of({7}, {0, 0.1, 0}), std::nullopt) << "a sound shower was refused";
  EXPECT_EQ(dense_row(table, 0), (std::vector<double>{1, 0, 2}));
  EXPECT_EQ(dense_row(table, 1), (std::vector<double>{0, 0.1, 0}));
  EXPECT_EQ(std::vector<double>(table.incident_energies().begin(), table.incident_energies().end()),
            (std::vector<double>{500, 7}));
  EXPECT_THROW(ShowerTable(0, 0), Error);
}

TEST(ShowerTable, TakesBlocksOfHitsAsItTakesVoxels) {
  // Blocks of many sizes, empty ones too, with and without energies that need float64, in columns.
  RandomStream random(8, 0);
  for (const std::uint32_t voxels : {3U, 70U}) {
    ShowerTable dense(voxels, 0), sparse(voxels, 100);
    for (const std::size_t rows : {1U, 500U, 0U, 2U, 0U, 300U, 1U}) {
      std::vector<double> incident(rows), first(rows), rest(rows * (voxels - 1)), all;
      for (std::size_t row = 0; row < rows; ++row) {
        incident[row] = 1000 * random.uniform();
        first[row] = random.uniform() < 0.5 ? 0 : static_cast<float>(random.normal());
        all.push_back(first[row]);
        for (std::size_t v = 0; v + 1 < voxels; ++v) {
          double& energy = rest[row * (voxels - 1) + v];
          if (rows != 2 && random.uniform() < 0.3) energy = rows == 500 ? random.normal() : 2.5;
          all.push_back(energy);
        }
      }
      dense.append(incident, std::span<const double>(all));
      sparse.append(HitBlock(incident, {{std::span<const double>(first), 1}, {std::span<const double>(rest), voxels - 1}}));
    }
    ASSERT_EQ(sparse.rows(), 804U);
    ASSERT_EQ(dense.rows(), 804U);
    EXPECT_EQ(sparse.hits(), dense.hits());
    EXPECT_TRUE(sparse.wide_energies());
    for (std::uint64_t row = 0; row < dense.rows(); ++row) {
      ASSERT_EQ(dense_row(sparse, row), dense_row(dense, row));
      EXPECT_EQ(sparse.empty(row), dense.empty(row));
      EXPECT_EQ(sparse.fingerprint(row), dense.fingerprint(row));
      EXPECT_EQ(sparse.incident_energies()[row], dense.incident_energies()[row]);
    }
  }
}

TEST(ShowerTable, RefusesBlocksThatDoNotBelongToIt) {
  ShowerTable table(3, 0);
  append<float>(table, {1, 0, 2});
  const auto code_of = [&](std::vector<double> incident, std::vector<float> voxels, std::uint32_t width) {
    return thrown_code([&] { table.append(HitBlock(std::move(incident), {{std::span<const float>(voxels), width}})); });
  };
  const float nan = std::nanf("");
  EXPECT_EQ(code_of({1}, {1, 2}, 2), ErrorCode::shape);
  EXPECT_EQ(code_of({1, 1}, {1, 2, 3, 0, nan, 3}, 3), ErrorCode::non_finite);
  EXPECT_EQ(code_of({1, std::nan("")}, {1, 2, 3, 4, 5, 6}, 3), ErrorCode::non_finite);
  EXPECT_EQ(table.rows(), 1U);
  EXPECT_EQ(table.hits(), 2U);
  EXPECT_EQ(code_of({1}, {0, -4, 0}, 3), std::nullopt) << "a sound block was refused";
  EXPECT_EQ(dense_row(table, 0), (std::vector<double>{1, 0, 2}));
  EXPECT_EQ(dense_row(table, 1), (std::vector<double>{0, -4, 0}));
}

TEST(ShowerTable, WithoutSomeShowersKeepsTheOthersAsTheyAre) {
  // So wide that the copy is made in several pieces.
  for (const std::uint32_t voxels : {3U, 700'000U}) {
    ShowerTable table(voxels, 0);
    const int rows = voxels == 3 ? 50 : 5;
    for (int row = 0; row < rows; ++row) {
      std::vector<double> shower(voxels);
      shower[row % voxels] = row + 0.5;
      shower[voxels - 1] = row % 3 == 0 ? 0.1 : 0;  // no float32
      append(table, shower, {1000.0 + row});
    }
    JobControl control;
    for (const std::vector<std::uint64_t>& removed :
         {std::vector<std::uint64_t>{}, {0}, {1, 3}, {static_cast<std::uint64_t>(rows) - 1}}) {
      const ShowerTable kept = table.without(removed, control);
      ASSERT_EQ(kept.rows(), rows - removed.size());
      std::uint64_t place = 0;
      for (std::uint64_t row = 0; row < table.rows(); ++row) {
        if (std::count(removed.begin(), removed.end(), row) > 0) continue;
        EXPECT_EQ(kept.incident_energies()[place], table.incident_energies()[row]);
        EXPECT_EQ(kept.fingerprint(place), table.fingerprint(row));
        if (voxels == 3) {
          EXPECT_EQ(dense_row(kept, place), dense_row(table, row));
        }
        ++place;
      }
    }
    for (const std::vector<std::uint64_t>& unsound :
         {std::vector<std::uint64_t>{table.rows()}, {3, 2}, {2, 2}}) {
      EXPECT_EQ(thrown_code([&] { table.without(unsound, control); }), ErrorCode::argument);
    }
    control.cancel();
    EXPECT_THROW(table.without({}, control), Error);
  }
}

}  // namespace
}  // namespace caloscope
