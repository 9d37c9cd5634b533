#include "core/samples/repeated_rows.h"

#include <gtest/gtest.h>

#include "core/run/error.h"
#include "core/run/random.h"

namespace caloscope {
namespace {

using Rows = std::vector<std::uint64_t>;

template <class T>
void append(ShowerTable& table, std::vector<T> voxels, std::vector<double> energies = {}) {
  energies.resize(voxels.size() / table.voxels(), 1000);
  table.append(energies, std::span<const T>(voxels));
}

TEST(RepeatedRows, OfShowersAreFoundAgainstAnEarlierRow) {
  ShowerTable first(2, 0), second(2, 0);
  //              0     1     2     3 = 0 4 empty 5 empty 6 = 0  7: 0 at another energy
  append<float>(first, {1, 2, 3, 0, 0, 3, 1, 2, 0, 0, 0, 0, 1, 2, 1, 2}, {9, 9, 9, 9, 9, 9, 9, 8});
  // The same numbers in float64, and one that is not: tables of both widths compare.
  append<double>(second, {0, 3, 1, 2, 0.1, 0, 0, 0, 1, 2}, {9, 9, 9, 9, 9});
  JobControl control;
  const auto found = find_repeated_rows(first, second, control);
  EXPECT_EQ(found.within_first.rows, (Rows{3, 6}));
  EXPECT_EQ(found.within_first.originals, (Rows{0, 0}));
  EXPECT_EQ(found.within_second.rows, (Rows{4}));
  EXPECT_EQ(found.within_second.originals, (Rows{1}));
  EXPECT_EQ(found.shared.rows, (Rows{0, 1, 4}));
  EXPECT_EQ(found.shared.originals, (Rows{2, 0, 0}));
  control.cancel();
  EXPECT_THROW(find_repeated_rows(first, second, control), Error);
}

TEST(RepeatedRows, AreNotFoundAmongManyDifferentShowers) {
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
  const auto found = find_repeated_rows(first, second, control);
  EXPECT_EQ(found.within_first.rows.size() + found.within_second.rows.size() + found.shared.rows.size(), 0U);
}

TEST(RepeatedRows, OfMatricesAreThoseThatAPlainLoopFinds) {
  RandomStream random(3, 0);
  constexpr std::uint32_t columns = 3;
  std::vector<std::vector<float>> samples[2];
  for (auto& sample : samples) {
    for (int row = 0; row < 300; ++row) {
      const auto normal = [&] { return static_cast<float>(random.normal()); };
      // A constant column, one of few values, one of many; every fifth row is a copy of some earlier row of either sample.
      sample.push_back({1, static_cast<float>(static_cast<int>(random.uniform() * 3)), normal()});
      const auto& from = samples[&sample == &samples[0] ? 0 : row % 2];
      if (row % 5 == 4) sample.back() = from[static_cast<std::size_t>(random.uniform() * static_cast<double>(from.size()))];
    }
  }
  samples[0][10] = {1, 0.0F, 5};
  samples[1][10] = {1, -0.0F, 5};  // equal all the same
  const auto table = [&](const std::vector<std::vector<float>>& rows) {
    std::vector<float> matrix;
    for (const auto& row : rows) matrix.insert(matrix.end(), row.begin(), row.end());
    return FeatureTable(matrix, columns);
  };
  const auto earlier = [](const auto& rows, const auto& row, std::size_t end) -> int {
    for (std::size_t i = 0; i < end; ++i) {
      if (rows[i] == row) return static_cast<int>(i);
    }
    return -1;
  };
  RepeatedInPair expected;
  for (std::size_t row = 0; row < 300; ++row) {
    const int first = earlier(samples[0], samples[0][row], row);
    const int second = earlier(samples[1], samples[1][row], row);
    const int shared = earlier(samples[0], samples[1][row], 300);
    if (first >= 0) expected.within_first.rows.push_back(row);
    if (second >= 0) expected.within_second.rows.push_back(row);
    if (shared >= 0) expected.shared.rows.push_back(row);
    if (shared >= 0) expected.shared.originals.push_back(static_cast<std::uint64_t>(shared));
  }
  JobControl control;
  const auto found = find_repeated_rows(table(samples[0]), table(samples[1]), control);
  EXPECT_GT(expected.within_first.rows.size(), 10U);
  EXPECT_GT(expected.shared.rows.size(), 10U);
  EXPECT_EQ(found.within_first.rows, expected.within_first.rows);
  EXPECT_EQ(found.within_second.rows, expected.within_second.rows);
  EXPECT_EQ(found.shared.rows, expected.shared.rows);
  EXPECT_EQ(found.shared.originals, expected.shared.originals);
}

TEST(RepeatedRows, OfMatricesOfFewValuesAreEqualByNature) {
  const auto counting = [](int rows, int values) {
    std::vector<float> matrix;
    for (int row = 0; row < rows; ++row) matrix.insert(matrix.end(), {4, static_cast<float>(row % values)});
    return FeatureTable(matrix, 2);
  };
  JobControl control;
  const auto repeated = [&](int values) {
    return find_repeated_rows(counting(100, values), counting(100, values), control).within_first.rows.size();
  };
  EXPECT_EQ(repeated(1), 0U);
  EXPECT_EQ(repeated(24), 0U);
  EXPECT_EQ(repeated(25), 75U);
  EXPECT_EQ(repeated(100), 0U);
  const FeatureTable empty({}, 2);
  EXPECT_TRUE(find_repeated_rows(empty, empty, control).shared.rows.empty());
}

}  // namespace
}  // namespace caloscope
