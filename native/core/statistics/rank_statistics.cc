#include "core/statistics/rank_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "core/run/compensated_sum.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "core/statistics/sorted_scores.h"

namespace caloscope {
namespace {

constexpr std::size_t rows_between_checks = std::size_t{1} << 15;

std::string sample_name(const char* role) { return std::string("the ") + role + " sample"; }

/// The checks of a sample that need no sorting, and the first error in the order of its rows.
void check(const ScoreSample& sample, const char* role, const JobControl& control) {
  const std::size_t rows = sample.keys().size();
  const bool weighted = !sample.weights().empty();
  if (weighted && sample.weights().size() != rows) {
    throw Error(ErrorCode::shape, sample_name(role) + " has " + std::to_string(rows) + " scores but " +
                                      std::to_string(sample.weights().size()) + " weights");
  }
  std::size_t row = 0;
  while (weighted && row < rows && std::isfinite(sample.weights()[row])) {
    if (row++ % rows_between_checks == 0) control.check();
  }
  const bool bad_weight = weighted && row < rows && row <= sample.nan_row();
  row = bad_weight ? row : sample.nan_row();
  if (row >= rows) return;
  throw Error(ErrorCode::non_finite, sample_name(role) + " has a " + (bad_weight ? "non-finite weight" : "NaN score") +
                                         " in row " + std::to_string(row) + "; leave such rows out first");
}

[[noreturn]] void refuse_empty(const char* role, const char* rows) {
  throw Error(ErrorCode::too_few_rows, sample_name(role) + " has no rows" + rows);
}

/// Rows of weight 0 left out.
SortedScores<WeightedScore> gathered(const ScoreSample& sample, const char* role, const JobControl& control) {
  SortedScores<WeightedScore> result;
  const bool weighted = !sample.weights().empty();
  result.rows.reserve(sample.keys().size());
  CompensatedSum weight;
  CompensatedSum squared;
  for (std::size_t row = 0; row < sample.keys().size(); ++row) {
    if (row % rows_between_checks == 0) control.check();
    const double w = weighted ? sample.weights()[row] : 1;
    if (w == 0) continue;
    result.rows.push_back({sample.keys()[row], w});
    weight += w;
    squared += w * w;
  }
  if (result.rows.empty()) refuse_empty(role, weighted ? " with a weight other than 0" : "");
  result.weight = weight.value();
  result.squared_weight = squared.value();
  if (!(result.weight > 0) || !std::isfinite(result.squared_weight)) {
    throw Error(ErrorCode::argument, "the weights of " + sample_name(role) +
                                         " must have a sum above 0 and squares that can be summed");
  }
  return result;
}

SortedScores<std::uint64_t> counted(ScoreSample&& sample, const char* role) {
  if (sample.keys().empty()) refuse_empty(role, "");
  const auto rows = static_cast<double>(sample.keys().size());
  return {std::move(sample.keys()), rows, rows};
}

/// A few threads: the work is soon done.
unsigned threads_for(const Backend& backend) { return std::min(backend.threads(), 8U); }

template <class Row>
SortedPair<Row> sorted(SortedPair<Row> samples, Backend& backend, const JobControl& control) {
  tiles_on(threads_for(backend))(2, [&](std::size_t tile) {
    backend.sort(tile == 0 ? samples.first.rows : samples.second.rows, control);
  });
  return samples;
}

/// All rows of both samples.
template <class Row>
ScoreTile<Row> whole(const SortedPair<Row>& samples) {
  const auto& [first, second] = samples;
  return {first.rows.data(), first.rows.data() + first.rows.size(), second.rows.data(),
          second.rows.data() + second.rows.size()};
}

struct AreaSums {
  CompensatedSum won;
  CompensatedSum ties;

  AreaSums& operator+=(const AreaSums& other) {
    won += other.won;
    ties += other.ties;
    return *this;
  }
};

/// Sums of squared structural components.
struct DelongSums {
  CompensatedSum reference;
  CompensatedSum generated;

  DelongSums& operator+=(const DelongSums& other) {
    reference += other.reference;
    generated += other.generated;
    return *this;
  }
};

/// n/(n-1)/W² of the sum of squared structural components; NaN for one row.
template <class Row>
double delong_scale(const SortedScores<Row>& sample) {
  const auto n = static_cast<double>(sample.rows.size());
  if (n < 2) return std::numeric_limits<double>::quiet_NaN();
  return n / (n - 1) / (sample.weight * sample.weight);
}

template <class Row>
double delong_variance(const ScoreTiles<Row>& tiles, const SortedScores<Row>& reference,
                       const SortedScores<Row>& generated, double area) {
  const auto squares = tiles.template sum<DelongSums>([&](DelongSums& sums, double above_reference,
                                                          double above_generated, const Tied& ref, const Tied& gen) {
    const double v_ref = 1 - (above_generated + gen.weight / 2) / generated.weight;
    const double v_gen = (above_reference + ref.weight / 2) / reference.weight;
    sums.reference += ref.squared_weight * (v_ref - area) * (v_ref - area);
    sums.generated += gen.squared_weight * (v_gen - area) * (v_gen - area);
  });
  return squares.reference.value() * delong_scale(reference) + squares.generated.value() * delong_scale(generated);
}

template <class Row>
double effective_rows(const SortedScores<Row>& sample) {
  return sample.weight * sample.weight / sample.squared_weight;
}

double one_sided_p(double area, double null_standard_deviation) {
  if (null_standard_deviation == 0) return 1;
  const double z = (area - 0.5) / null_standard_deviation;
  return std::erfc(z / std::numbers::sqrt2) / 2;
}

template <class Row>
AreaUnderCurve area_of(const SortedScores<Row>& reference, const SortedScores<Row>& generated,
                       const TileRunner& run_tiles, const JobControl& control) {
  const ScoreTiles<Row> tiles(reference, generated, run_tiles, control);
  const auto area = tiles.template sum<AreaSums>(
      [](AreaSums& sums, double above_reference, double, const Tied& ref, const Tied& gen) {
        sums.won += gen.weight * (above_reference + ref.weight / 2);
        const auto tied = static_cast<double>(ref.rows + gen.rows);
        if (tied > 1) sums.ties += (tied - 1) * tied * (tied + 1);
      });
  AreaUnderCurve result;
  result.value = area.won.value() / reference.weight / generated.weight;
  result.standard_error = std::sqrt(delong_variance(tiles, reference, generated, result.value));
  const double n = effective_rows(reference);
  const double m = effective_rows(generated);
  result.null_standard_deviation_without_ties = std::sqrt((n + m + 1) / (12 * n * m));
  const auto rows = static_cast<double>(reference.rows.size() + generated.rows.size());
  const double untied = std::max(0.0, 1 - area.ties.value() / ((rows - 1) * rows * (rows + 1)));
  result.null_standard_deviation = result.null_standard_deviation_without_ties * std::sqrt(untied);
  result.p_value = one_sided_p(result.value, result.null_standard_deviation);
  return result;
}

template <class Row>
RocCurve curve_of(const SortedPair<Row>& samples, const JobControl& control) {
  const auto& [reference, generated] = samples;
  CompensatedSum above_reference;
  CompensatedSum above_generated;
  RocCurve curve{{0}, {0}};
  for_each_score(whole(samples), control, [&](const Tied& of_reference, const Tied& of_generated) {
    above_reference += of_reference.weight;
    above_generated += of_generated.weight;
    curve.false_positive_rate.push_back(above_generated.value() / generated.weight);
    curve.true_positive_rate.push_back(above_reference.value() / reference.weight);
  });
  return curve;
}

/// Keeps about `max_points` points, equally spaced in |Δfpr| + |Δtpr| along the curve, both ends among them.
void thin(RocCurve& curve, std::size_t max_points) {
  auto& x = curve.false_positive_rate;
  auto& y = curve.true_positive_rate;
  const auto stride = [&](std::size_t i) { return std::abs(x[i] - x[i - 1]) + std::abs(y[i] - y[i - 1]); };
  double length = 0;
  for (std::size_t i = 1; i < x.size(); ++i) length += stride(i);
  const double spacing = length / static_cast<double>(max_points - 1);
  std::size_t kept = 1;
  double travelled = 0;
  for (std::size_t i = 1; i + 1 < x.size(); ++i) {
    travelled += stride(i);
    // The last point that does not pass the next mark; the next one may be a leap over several marks.
    const double reach = travelled + stride(i + 1);
    if (std::floor(reach / spacing) > std::floor(travelled / spacing) && kept + 1 < max_points) {
      x[kept] = x[i];
      y[kept] = y[i];
      ++kept;
    }
  }
  x[kept] = x.back();
  y[kept] = y.back();
  x.resize(kept + 1);
  y.resize(kept + 1);
}

/// Survival function of Kolmogorov's distribution. The two series are one by the theta-function identity; each is
/// used where it converges at once.
double kolmogorov_tail(double lambda) {
  if (lambda <= 0) return 1;
  if (lambda < 1.18) {
    const double exponent = -std::numbers::pi * std::numbers::pi / (8 * lambda * lambda);
    double sum = 0;
    for (int k = 1; k <= 7; k += 2) sum += std::exp(k * k * exponent);
    return std::max(0.0, 1 - std::sqrt(2 * std::numbers::pi) / lambda * sum);
  }
  double sum = 0;
  for (int k = 1; k <= 5; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  return sum;
}

template <class Row>
KolmogorovSmirnov smirnov_of(const SortedPair<Row>& samples, const JobControl& control) {
  const auto& [a, b] = samples;
  WeightSum<Row> above_a{};
  WeightSum<Row> above_b{};
  KolmogorovSmirnov result;
  for_each_score(whole(samples), control, [&](const Tied& in_a, const Tied& in_b) {
    above_a += in_a.weight;
    above_b += in_b.weight;
    result.statistic =
        std::max(result.statistic, std::abs(value_of(above_a) / a.weight - value_of(above_b) / b.weight));
  });
  const double n = effective_rows(a);
  const double m = effective_rows(b);
  const double root = std::sqrt(n / (n + m) * m);
  result.p_value = kolmogorov_tail((root + 0.12 + 0.11 / root) * result.statistic);
  return result;
}

}  // namespace

std::size_t RankedScores::bytes() const {
  const auto bytes_of = [](const auto& of) {
    return (of.first.rows.capacity() + of.second.rows.capacity()) * sizeof(of.first.rows[0]);
  };
  return std::visit(bytes_of, samples);
}

RankedScores rank_scores(ScoreSample reference, ScoreSample generated, Backend& backend, const JobControl& control) {
  check(reference, "reference", control);
  check(generated, "generated", control);
  const unsigned threads = threads_for(backend);
  if (reference.weights().empty() && generated.weights().empty()) {
    return {sorted(SortedPair<std::uint64_t>{counted(std::move(reference), "reference"),
                                             counted(std::move(generated), "generated")}, backend, control), threads};
  }
  return {sorted(SortedPair<WeightedScore>{gathered(reference, "reference", control),
                                           gathered(generated, "generated", control)}, backend, control), threads};
}

AreaUnderCurve area_under_curve(const RankedScores& scores, const JobControl& control) {
  const auto area = [&](const auto& of) { return area_of(of.first, of.second, tiles_on(scores.threads), control); };
  return std::visit(area, scores.samples);
}

RocCurve roc_curve(const RankedScores& scores, std::size_t max_points, const JobControl& control) {
  if (max_points == 1) throw Error(ErrorCode::argument, "a ROC curve needs at least 2 points; 0 gives all");
  RocCurve curve = std::visit([&](const auto& of) { return curve_of(of, control); }, scores.samples);
  if (max_points > 0 && curve.false_positive_rate.size() > max_points) thin(curve, max_points);
  return curve;
}

KolmogorovSmirnov kolmogorov_smirnov(const RankedScores& scores, const JobControl& control) {
  return std::visit([&](const auto& of) { return smirnov_of(of, control); }, scores.samples);
}

}  // namespace caloscope
