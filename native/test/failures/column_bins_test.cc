#include "core/failures/column_bins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "core/run/random.h"

namespace caloscope {
namespace {

ColumnBins bins_of(const std::vector<double>& values, std::size_t most) { return binned(values, most, JobControl{}); }

TEST(ColumnBins, PutsEveryNumberBetweenItsEdges) {
  RandomStream random(3, 0);
  std::vector<double> values(5000);
  for (auto& value : values) value = std::exp(3 * random.normal());
  values[7] = std::numeric_limits<double>::infinity();
  values[8] = -std::numeric_limits<double>::infinity();
  const auto column = bins_of(values, 40);
  ASSERT_TRUE(std::is_sorted(column.edges.begin(), column.edges.end()));
  EXPECT_FALSE(column.has_undefined);
  std::vector<std::size_t> rows(column.all());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const std::size_t bin = column.bins[row];
    ASSERT_LT(bin, column.ordered());
    EXPECT_TRUE(bin == 0 || values[row] >= column.edges[bin - 1]);
    EXPECT_TRUE(bin + 1 == column.ordered() || values[row] < column.edges[bin]);
    ++rows[bin];
  }
  // 125 rows a bin; rounded edges move a few of them.
  EXPECT_EQ(column.ordered(), 40U);
  EXPECT_GT(*std::min_element(rows.begin(), rows.end()), 90U);
  EXPECT_LT(*std::max_element(rows.begin(), rows.end()), 160U);
}

TEST(ColumnBins, HasEdgesOfFewDigits) {
  RandomStream random(4, 0);
  std::vector<double> values(2000);
  for (auto& value : values) value = 0.95 + 0.003 * random.normal();
  for (const double edge : bins_of(values, 30).edges) {
    std::ostringstream text;
    text.precision(5);
    text << edge;
    EXPECT_EQ(std::strtod(text.str().c_str(), nullptr), edge) << text.str();
  }
}

TEST(ColumnBins, CutsWholeNumbersBetweenThem) {
  std::vector<double> values;
  for (int i = 0; i < 300; ++i) values.push_back(i % 3);
  const auto column = bins_of(values, 20);
  EXPECT_EQ(column.edges, (std::vector<double>{1, 2}));
  for (std::size_t row = 0; row < values.size(); ++row) EXPECT_EQ(column.bins[row], values[row]);
}

TEST(ColumnBins, KeepsRowsWithoutAValueApart) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto column = bins_of({1, nan, 2, 3, nan, 4}, 2);
  EXPECT_TRUE(column.has_undefined);
  EXPECT_EQ(column.all(), column.ordered() + 1);
  EXPECT_EQ(column.bins[1], column.ordered());
  EXPECT_EQ(column.bins[4], column.ordered());
  EXPECT_LT(column.bins[5], column.ordered());
}

TEST(ColumnBins, HasOneBinForOneValueAndForNone) {
  EXPECT_EQ(bins_of({5, 5, 5}, 10).all(), 1U);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto none = bins_of({nan, nan}, 10);
  EXPECT_EQ(none.ordered(), 1U);
  EXPECT_EQ(none.bins, (std::vector<std::uint8_t>{1, 1}));
  EXPECT_EQ(bins_of({}, 10).all(), 1U);
}

TEST(ColumnBins, TakesNumbersAtTheEndsOfDoubles) {
  const double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  const auto column = bins_of({-most, -least, 0, least, most, 1}, 6);
  EXPECT_TRUE(std::is_sorted(column.edges.begin(), column.edges.end()));
  for (const double edge : column.edges) EXPECT_TRUE(std::isfinite(edge));
}

}  // namespace
}  // namespace caloscope
