#include "core/rank_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "core/cancellable_sort.h"
#include "core/compensated_sum.h"
#include "core/error.h"

namespace caloscope {
namespace {

struct Row {
  double score;
  double weight;
};

/// One sample from the highest score down, rows of weight 0 left out.
struct SortedSample {
  std::vector<Row> rows;
  double weight = 0;
  double squared_weight = 0;
};

SortedSample sorted(const ScoreSample& sample, const char* role, const JobControl& control) {
  const bool weighted = !sample.weights.empty();
  if (weighted && sample.weights.size() != sample.scores.size()) {
    throw Error(ErrorCode::shape, std::string("the ") + role + " sample has " + std::to_string(sample.scores.size()) +
                                      " scores but " + std::to_string(sample.weights.size()) + " weights");
  }
  SortedSample result;
  result.rows.reserve(sample.scores.size());
  CompensatedSum weight;
  CompensatedSum squared;
  for (std::size_t row = 0; row < sample.scores.size(); ++row) {
    if (row % sorting::step == 0) control.check();
    const double w = weighted ? sample.weights[row] : 1;
    if (std::isnan(sample.scores[row]) || !std::isfinite(w)) {
      throw Error(ErrorCode::non_finite, std::string("the ") + role + " sample has a " +
                                             (std::isfinite(w) ? "NaN score" : "non-finite weight") + " in row " +
                                             std::to_string(row) + "; leave such rows out first");
    }
    if (w == 0) continue;
    result.rows.push_back({sample.scores[row], w});
    weight += w;
    squared += w * w;
  }
  if (result.rows.empty()) {
    throw Error(ErrorCode::too_few_rows, std::string("the ") + role + " sample has no rows" +
                                             (weighted ? " with a weight other than 0" : ""));
  }
  result.weight = weight.value();
  result.squared_weight = squared.value();
  if (!(result.weight > 0) || !std::isfinite(result.squared_weight)) {
    throw Error(ErrorCode::argument, std::string("the weights of the ") + role +
                                         " sample must have a sum above 0 and squares that can be summed");
  }
  cancellable_sort(result.rows, [](const Row& a, const Row& b) { return a.score > b.score; }, control);
  return result;
}

/// The rows of one sample that share a score.
struct Tied {
  std::size_t rows = 0;
  double weight = 0;
  double squared_weight = 0;
};

Tied take_tied(const std::vector<Row>& rows, std::size_t& next, double score) {
  Tied tied;
  for (; next < rows.size() && rows[next].score == score; ++next) {
    ++tied.rows;
    tied.weight += rows[next].weight;
    tied.squared_weight += rows[next].weight * rows[next].weight;
  }
  return tied;
}

/// Calls `visit(reference, generated)` for every distinct score from the highest down.
template <class Visit>
void for_each_score(const SortedSample& reference, const SortedSample& generated, const JobControl& control,
                    Visit visit) {
  std::size_t r = 0;
  std::size_t g = 0;
  for (std::size_t group = 0; r < reference.rows.size() || g < generated.rows.size(); ++group) {
    if (group % sorting::step == 0) control.check();
    double score = 0;
    if (r == reference.rows.size()) score = generated.rows[g].score;
    else if (g == generated.rows.size()) score = reference.rows[r].score;
    else score = std::max(reference.rows[r].score, generated.rows[g].score);
    const Tied ref = take_tied(reference.rows, r, score);
    const Tied gen = take_tied(generated.rows, g, score);
    visit(ref, gen);
  }
}

/// n/(n-1)/W² of the sum of squared structural components; NaN for one row.
double delong_scale(const SortedSample& sample) {
  const auto n = static_cast<double>(sample.rows.size());
  if (n < 2) return std::numeric_limits<double>::quiet_NaN();
  return n / (n - 1) / (sample.weight * sample.weight);
}

double delong_variance(const SortedSample& reference, const SortedSample& generated, double area,
                       const JobControl& control) {
  CompensatedSum above_reference;
  CompensatedSum above_generated;
  CompensatedSum reference_part;
  CompensatedSum generated_part;
  for_each_score(reference, generated, control, [&](const Tied& ref, const Tied& gen) {
    const double v_ref = 1 - (above_generated.value() + gen.weight / 2) / generated.weight;
    const double v_gen = (above_reference.value() + ref.weight / 2) / reference.weight;
    reference_part += ref.squared_weight * (v_ref - area) * (v_ref - area);
    generated_part += gen.squared_weight * (v_gen - area) * (v_gen - area);
    above_reference += ref.weight;
    above_generated += gen.weight;
  });
  return reference_part.value() * delong_scale(reference) + generated_part.value() * delong_scale(generated);
}

double effective_rows(const SortedSample& sample) { return sample.weight * sample.weight / sample.squared_weight; }

double one_sided_p(double area, double null_standard_deviation) {
  if (null_standard_deviation == 0) return 1;
  const double z = (area - 0.5) / null_standard_deviation;
  return std::erfc(z / std::numbers::sqrt2) / 2;
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

}  // namespace

AreaUnderCurve area_under_curve(const ScoreSample& reference, const ScoreSample& generated,
                                const JobControl& control) {
  const SortedSample ref_sample = sorted(reference, "reference", control);
  const SortedSample gen_sample = sorted(generated, "generated", control);
  CompensatedSum above_reference;
  CompensatedSum won;
  const auto rows = static_cast<double>(ref_sample.rows.size() + gen_sample.rows.size());
  CompensatedSum tie_term;
  for_each_score(ref_sample, gen_sample, control, [&](const Tied& ref, const Tied& gen) {
    won += gen.weight * (above_reference.value() + ref.weight / 2);
    above_reference += ref.weight;
    const auto tied = static_cast<double>(ref.rows + gen.rows);
    tie_term += (tied - 1) * tied * (tied + 1);
  });

  AreaUnderCurve result;
  result.value = won.value() / ref_sample.weight / gen_sample.weight;
  result.standard_error = std::sqrt(delong_variance(ref_sample, gen_sample, result.value, control));
  const double n = effective_rows(ref_sample);
  const double m = effective_rows(gen_sample);
  result.null_standard_deviation_without_ties = std::sqrt((n + m + 1) / (12 * n * m));
  const double untied = std::max(0.0, 1 - tie_term.value() / ((rows - 1) * rows * (rows + 1)));
  result.null_standard_deviation = result.null_standard_deviation_without_ties * std::sqrt(untied);
  result.p_value = one_sided_p(result.value, result.null_standard_deviation);
  return result;
}

RocCurve roc_curve(const ScoreSample& reference, const ScoreSample& generated, std::size_t max_points,
                   const JobControl& control) {
  if (max_points == 1) throw Error(ErrorCode::argument, "a ROC curve needs at least 2 points; 0 gives all");
  const SortedSample ref_sample = sorted(reference, "reference", control);
  const SortedSample gen_sample = sorted(generated, "generated", control);
  CompensatedSum above_reference;
  CompensatedSum above_generated;
  RocCurve curve{{0}, {0}};
  for_each_score(ref_sample, gen_sample, control, [&](const Tied& ref, const Tied& gen) {
    above_reference += ref.weight;
    above_generated += gen.weight;
    curve.false_positive_rate.push_back(above_generated.value() / gen_sample.weight);
    curve.true_positive_rate.push_back(above_reference.value() / ref_sample.weight);
  });
  if (max_points > 0 && curve.false_positive_rate.size() > max_points) thin(curve, max_points);
  return curve;
}

KolmogorovSmirnov kolmogorov_smirnov(const std::vector<double>& first, const std::vector<double>& second,
                                     const JobControl& control) {
  const SortedSample a = sorted({first}, "first", control);
  const SortedSample b = sorted({second}, "second", control);
  double above_a = 0;
  double above_b = 0;
  KolmogorovSmirnov result;
  for_each_score(a, b, control, [&](const Tied& in_a, const Tied& in_b) {
    above_a += in_a.weight;
    above_b += in_b.weight;
    result.statistic = std::max(result.statistic, std::abs(above_a / a.weight - above_b / b.weight));
  });
  const double root = std::sqrt(a.weight / (a.weight + b.weight) * b.weight);
  result.p_value = kolmogorov_tail((root + 0.12 + 0.11 / root) * result.statistic);
  return result;
}

}  // namespace caloscope
