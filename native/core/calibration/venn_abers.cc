#include "core/calibration/venn_abers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace caloscope {
namespace {

constexpr std::size_t block_rows = 4096;

/// Of the cumulative sums: of weights, and of those of reference rows.
struct Point {
  double weight;
  double reference;
};

double slope(const Point& a, const Point& b) { return (b.reference - a.reference) / (b.weight - a.weight); }

/// The lower convex hull of points that come one after the other, all on one side of those before. What the last point
/// pushed aside can be brought back.
class Hull {
 public:
  explicit Hull(std::size_t points) : vertices_(points) {}

  void push(const Point& point) {
    std::size_t kept = size_;
    while (kept > 1 && !convex(vertices_[kept - 2], vertices_[kept - 1], point)) --kept;
    history_.push_back({kept, size_, vertices_[kept]});
    vertices_[kept] = point;
    size_ = kept + 1;
  }

  void undo() {
    const Change& last = history_.back();
    vertices_[last.at] = last.before;
    size_ = last.size;
    history_.pop_back();
  }

  std::size_t size() const { return size_; }
  /// In the order in which they came.
  const Point& operator[](std::size_t i) const { return vertices_[i]; }

 private:
  struct Change {
    std::size_t at;
    std::size_t size;
    Point before;
  };

  /// Whether b lies below the line from a to c, from whichever side they come.
  static bool convex(const Point& a, const Point& b, const Point& c) {
    const double cross = (b.weight - a.weight) * (c.reference - a.reference) -
                         (b.reference - a.reference) * (c.weight - a.weight);
    return c.weight > a.weight ? cross > 0 : cross < 0;
  }

  std::vector<Point> vertices_;
  std::vector<Change> history_;
  std::size_t size_ = 0;
};

/// The least slope from a point to the vertices of a hull to its right, each moved by `shift`. The hull was built from right to
/// left, so that its last vertex is the leftmost.
double least_slope(const Point& from, const Hull& right, const Point& shift) {
  const auto at = [&](std::size_t i) {
    const Point& p = right[right.size() - 1 - i];
    return Point{p.weight + shift.weight, p.reference + shift.reference};
  };
  std::size_t first = 0, last = right.size() - 1;
  while (first < last) {
    const std::size_t middle = (first + last) / 2;
    if (slope(at(middle), at(middle + 1)) >= slope(from, at(middle))) last = middle;
    else first = middle + 1;
  }
  return slope(from, at(first));
}

/// Isotonic regression at an added row: the slope of the convex minorant of the cumulative sums there, which is that of the
/// common tangent of the hulls on both sides.
double regression_at(const Hull& left, const Hull& right, const Point& added) {
  std::size_t first = 0, last = left.size() - 1;
  while (first < last) {
    const std::size_t middle = (first + last + 1) / 2;
    if (slope(left[middle - 1], left[middle]) <= least_slope(left[middle], right, added)) first = middle;
    else last = middle - 1;
  }
  return least_slope(left[first], right, added);
}

std::vector<Point> cumulative(const std::vector<ScoreGroup>& groups) {
  std::vector<Point> points{{0, 0}};
  for (const ScoreGroup& group : groups) {
    points.push_back({points.back().weight + group.weight, points.back().reference + group.reference_weight});
  }
  return points;
}

/// Mean weights of the rows of either label.
Point mean_weights(const CalibrationSet& set, const ClassSums& sums) {
  double reference = 0, generated = 0;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    if (set.weight(row) > 0) (set.labels[row] ? reference : generated) += 1;
  }
  return {sums.generated / generated, sums.reference / reference};
}

std::vector<std::size_t> ascending(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

}  // namespace

Calibrated calibrate_venn_abers(const CalibrationSet& set, const ClassSums& sums, std::span<const double> logits,
                                const JobControl& control) {
  const std::vector<ScoreGroup> groups = score_groups(set);
  const std::vector<Point> points = cumulative(groups);
  const auto [of_generated, of_reference] = mean_weights(set, sums);
  Hull left(points.size()), right(points.size());
  for (auto point = points.rbegin(); point != points.rend(); ++point) right.push(*point);
  left.push(points.front());

  Calibrated result;
  result.log_odds.resize(logits.size());
  result.lower.resize(logits.size());
  result.upper.resize(logits.size());
  // Groups with a logit below, and with one not above that of the row.
  std::size_t below = 0, upto = 0, done = 0;
  for (const std::size_t row : ascending(logits)) {
    if (done++ % block_rows == 0) control.check();
    while (below < groups.size() && groups[below].score < logits[row]) left.push(points[++below]);
    for (; upto < groups.size() && groups[upto].score <= logits[row]; ++upto) right.undo();
    const double p0 = std::fmax(0, regression_at(left, right, {of_generated, 0}));
    const double p1 = std::fmin(1, regression_at(left, right, {of_reference, of_reference}));
    result.lower[row] = p0;
    result.upper[row] = p1;
    result.log_odds[row] = std::log(p1) - std::log1p(-p0);
  }
  return result;
}

}  // namespace caloscope
