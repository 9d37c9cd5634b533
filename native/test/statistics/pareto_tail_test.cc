#include "core/statistics/pareto_tail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "test/support/exact_numbers.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

using Draw = std::function<double(ExactNumbers&)>;

std::vector<double> log_weights(std::size_t rows, const Draw& draw) {
  ExactNumbers numbers(5);
  std::vector<double> result(rows);
  for (double& weight : result) weight = draw(numbers);
  return result;
}

/// Of weights with the tail w^(-1/index).
Draw pareto(double index) {
  return [index](ExactNumbers& numbers) { return -index * std::log((numbers.uniform() * 65536 + 0.5) / 65536); };
}

Draw log_normal(double width, double mean) {
  return [=](ExactNumbers& numbers) { return width * numbers.bell() + mean; };
}

double bounded(ExactNumbers& numbers) { return std::log(numbers.uniform() + 1); }

struct Published {
  Draw draw;
  std::size_t rows;
  double index;
  double scale;
  std::size_t tail;
  double log_cutoff;
};

// arviz 0.23.4 (Python): psislw(log_weights) gives the index, and stats.stats._gpdfit of the tail it makes the scale.
const Published published[] = {
    {pareto(0.5), 40, 0.561587747734555, 0.07811017237304836, 8, 0.6547859188242413},
    {pareto(0.5), 1000, 0.6479655100731857, 0.013038676617863459, 95, 1.2090628477216776},
    {pareto(0.5), 20000, 0.6761405964718564, 0.008262476517159003, 425, 1.9318911542972481},
    {pareto(1), 40, 0.6840056103844754, 0.054361805250611295, 8, 1.3095718376484826},
    {pareto(1), 1000, 1.0886955911855443, 0.0008145152752569793, 95, 2.418125695443355},
    {pareto(1), 20000, 1.210452409200678, 0.0003050798734358296, 425, 3.8637823085944962},
    {log_normal(0.6, -0.18), 40, 0.03738056235935024, 0.3248658797231886, 8, 0.43766967773437493},
    {log_normal(0.6, -0.18), 1000, 0.1759967587222778, 0.06948574134967747, 95, 0.6535693359374999},
    {log_normal(0.6, -0.18), 20000, 0.026455333695625034, 0.08501838331003327, 425, 1.0435565185546876},
    {log_normal(2, -2), 1000, 0.567960464312298, 0.011082270942105128, 95, 0.778564453125},
    {log_normal(2, -2), 20000, 0.41626898149529623, 0.02571173001304699, 425, 2.078521728515625},
    {bounded, 40, -0.2654484034427139, 0.11774059784277259, 8, 0.5968683616101439},
    {bounded, 1000, -0.8890351160309278, 0.047098205646526295, 95, 0.6470412463132164},
    {bounded, 20000, -0.9865897606225428, 0.010528058298323564, 425, 0.6828480492589496},
};

TEST(ParetoTail, IsThatOfArviz) {
  for (const Published& that : published) {
    const ParetoTail tail = pareto_tail(log_weights(that.rows, that.draw));
    EXPECT_NEAR(tail.index, that.index, 1e-10);
    EXPECT_NEAR(tail.scale / that.scale, 1, 1e-10);
    EXPECT_NEAR(tail.log_cutoff, that.log_cutoff, 1e-12);
    EXPECT_EQ(tail.rows, that.tail);
  }
}

TEST(ParetoTail, SurvivesWeightsThatTheLargestDwarfs) {
  // Deviation 400 of ln w: most of the tail is 0 beside the largest. arviz 0.23.4: 44.22513492097672.
  EXPECT_NEAR(pareto_tail(log_weights(40, log_normal(400, 0))).index, 44.22513492097672, 1e-9);
}

TEST(ParetoTail, DoesNotMindTheUnitNorTheOrder) {
  auto weights = log_weights(1000, pareto(0.5));
  const double index = pareto_tail(weights).index;
  for (double& weight : weights) weight += 900;
  EXPECT_NEAR(pareto_tail(weights).index, index, 1e-9);
  std::vector<double> reversed(weights.rbegin(), weights.rend());
  EXPECT_EQ(pareto_tail(reversed).index, pareto_tail(weights).index);
}

TEST(ParetoTail, IsUnknownWhereThereIsNone) {
  EXPECT_TRUE(std::isnan(pareto_tail({}).index));
  EXPECT_TRUE(std::isnan(pareto_tail(std::vector<double>{1}).index));
  EXPECT_TRUE(std::isnan(pareto_tail(log_weights(20, bounded)).index)) << "a tail of four rows";
  EXPECT_FALSE(std::isnan(pareto_tail(log_weights(25, bounded)).index)) << "a tail of five";
  const auto equal = pareto_tail(std::vector<double>(1000, 0.5));
  EXPECT_TRUE(std::isnan(equal.index));
  EXPECT_EQ(equal.rows, 0);
}

TEST(ParetoTail, CountsWeightsOfZeroAndRefusesOthers) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  auto weights = log_weights(1000, pareto(0.5));
  const auto with_zeros = [&](std::size_t zeros) {
    auto all = weights;
    all.resize(weights.size() + zeros, -infinity);
    return pareto_tail(all);
  };
  EXPECT_EQ(with_zeros(0).rows, 95);
  EXPECT_EQ(with_zeros(3000).rows, 190) << "3 √4000";
  EXPECT_TRUE(std::isnan(pareto_tail(std::vector<double>(100, -infinity)).index));
  weights[3] = infinity;
  EXPECT_EQ(thrown_code([&] { pareto_tail(weights); }), ErrorCode::non_finite);
  weights[3] = std::nan("");
  EXPECT_EQ(thrown_code([&] { pareto_tail(weights); }), ErrorCode::non_finite);
}

}  // namespace
}  // namespace caloscope
