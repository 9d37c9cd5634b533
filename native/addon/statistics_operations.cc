#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "addon/arguments.h"
#include "addon/backend_argument.h"
#include "addon/column_arguments.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "core/statistics/largest_distance.h"
#include "core/statistics/rank_statistics.h"
#include "core/statistics/weighted_distance.h"
#include "core/weights/density_ratio.h"

namespace caloscope::addon {
namespace {

/// Every float32 is a double, so that ranks are the same.
ScoreSample score_sample(const Napi::Value& scores, const char* what, std::vector<double> weights) {
  if (is_float32(scores)) return ScoreSample(array_view<float>(scores, what), std::move(weights));
  return ScoreSample(array_view<double>(scores, what), std::move(weights));
}

ScoreSample score_sample(const Napi::Value& scores, const Napi::Value& weights) {
  if (weights.IsNull()) return score_sample(scores, "scores", {});
  auto sample = score_sample(scores, "scores", doubles_argument(weights, "weights"));
  if (sample.weights().size() != sample.keys().size()) {
    throw Error(ErrorCode::shape, "`weights` must have one entry for each score");
  }
  return sample;
}

/// What a job takes over: a std::function must be able to copy what it owns.
template <class T>
std::shared_ptr<T> owned(T value) {
  return std::make_shared<T>(std::move(value));
}

void set(Napi::Object& record, const char* key, double value) {
  record.Set(key, Napi::Number::New(record.Env(), value));
}

void set(Napi::Object& record, const char* key, std::size_t value) { set(record, key, static_cast<double>(value)); }

/// rankScores(referenceScores, generatedScores, referenceWeights | null, generatedWeights | null, computer,
///            notify) → job that answers with a ranked-scores handle
Napi::Value start_rank_scores(const Napi::CallbackInfo& info) {
  return start_job(info[5], [reference = owned(score_sample(info[0], info[2])),
                             generated = owned(score_sample(info[1], info[3])),
                             make_backend = backend_argument(info[4])](JobControl& control) -> JobResult {
    auto scores = owned(rank_scores(std::move(*reference), std::move(*generated), *make_backend(), control));
    return [scores = std::move(scores)](Napi::Env env) {
      return make_handle(env, HandleKind::ranked_scores, scores, scores->bytes());
    };
  });
}

std::shared_ptr<RankedScores> ranked_scores(const Napi::Value& value) {
  return from_handle<RankedScores>(value, HandleKind::ranked_scores);
}

/// areaUnderCurve(scores, notify) → job
Napi::Value start_area_under_curve(const Napi::CallbackInfo& info) {
  return start_job(info[1], [scores = ranked_scores(info[0])](JobControl& control) -> JobResult {
    const AreaUnderCurve area = area_under_curve(*scores, control);
    return [area](Napi::Env env) {
      auto result = Napi::Object::New(env);
      set(result, "value", area.value);
      set(result, "standardError", area.standard_error);
      set(result, "nullStandardDeviation", area.null_standard_deviation);
      set(result, "pValue", area.p_value);
      return result;
    };
  });
}

/// rocCurve(scores, maxPoints, notify) → job
Napi::Value start_roc_curve(const Napi::CallbackInfo& info) {
  const auto max_points = static_cast<std::size_t>(count_argument(info[1], "maxPoints"));
  return start_job(info[2], [scores = ranked_scores(info[0]), max_points](JobControl& control) -> JobResult {
    auto curve = roc_curve(*scores, max_points, control);
    return [curve = std::move(curve)](Napi::Env env) {
      auto result = Napi::Object::New(env);
      result.Set("falsePositiveRate", new_array(env, curve.false_positive_rate));
      result.Set("truePositiveRate", new_array(env, curve.true_positive_rate));
      return result;
    };
  });
}

/// kolmogorovSmirnov(scores, notify) → job
Napi::Value start_kolmogorov_smirnov(const Napi::CallbackInfo& info) {
  return start_job(info[1], [scores = ranked_scores(info[0])](JobControl& control) -> JobResult {
    const KolmogorovSmirnov test = kolmogorov_smirnov(*scores, control);
    return [test](Napi::Env env) {
      auto result = Napi::Object::New(env);
      set(result, "statistic", test.statistic);
      set(result, "pValue", test.p_value);
      return result;
    };
  });
}

/// largestDistance(first, second, weights, permutations, seed, threads, notify) → job; lists of columns, and of no rows or all the
/// weights
Napi::Value start_largest_distance(const Napi::CallbackInfo& info) {
  const auto first = list_argument(info[0], "first");
  const auto second = list_argument(info[1], "second");
  const std::size_t first_rows = rows_of(first);
  rows_of(second);
  const auto permutations = static_cast<std::size_t>(count_argument(info[3], "permutations"));
  return start_job(info[6], [columns = owned(pooled_columns(first, second)), first_rows, permutations,
                             weights = array_copy<double>(info[2], "weights"), seed = count_argument(info[4], "seed"),
                             threads = threads_argument(info[5])](JobControl& control) -> JobResult {
    const auto found =
        weights.empty()
            ? largest_distance(*columns, first_rows, permutations, seed, tiles_on(threads), control)
            : weighted_largest_distance(*columns, weights, first_rows, permutations, seed, tiles_on(threads), control);
    return [found](Napi::Env env) {
      auto result = Napi::Object::New(env);
      result.Set("distances", new_array(env, found.distances));
      result.Set("standardized", new_array(env, found.standardized));
      set(result, "reached", found.reached);
      return result;
    };
  });
}

DensityRatioOptions density_ratio_options(const Napi::Object& record) {
  DensityRatioOptions options;
  options.rule = name_argument<EnsembleRule>(record.Get("rule"), "rule");
  options.prior_shift = number(record, "priorShift");
  options.role = name_argument<SampleRole>(record.Get("role"), "role");
  options.row_weights = array_copy<double>(record.Get("rowWeights"), "rowWeights");
  if (record.Get("clip").IsNull()) return options;
  const Napi::Object clip = object_argument(record.Get("clip"), "clip");
  options.clip = ClipRange{number(clip, "lower"), number(clip, "upper")};
  return options;
}

Napi::Value as_array(Napi::Env env, const std::vector<ExtremeShower>& showers) {
  auto array = Napi::Array::New(env, showers.size());
  for (std::uint32_t i = 0; i < showers.size(); ++i) {
    auto shower = Napi::Object::New(env);
    set(shower, "row", showers[i].row);
    set(shower, "logWeight", showers[i].log_weight);
    array.Set(i, shower);
  }
  return array;
}

Napi::Value as_array(Napi::Env env, const std::vector<WeightQuantile>& quantiles) {
  auto array = Napi::Array::New(env, quantiles.size());
  for (std::uint32_t i = 0; i < quantiles.size(); ++i) {
    auto quantile = Napi::Object::New(env);
    set(quantile, "probability", quantiles[i].probability);
    set(quantile, "logWeight", quantiles[i].log_weight);
    array.Set(i, quantile);
  }
  return array;
}

Napi::Value as_record(Napi::Env env, const WeightHealth& health, const std::optional<ClipRange>& clip) {
  auto record = Napi::Object::New(env);
  set(record, "rows", health.rows);
  set(record, "nonFinite", health.non_finite);
  set(record, "mean", health.mean);
  set(record, "meanError", health.mean_error);
  set(record, "effectiveSampleSize", health.effective_sample_size);
  record.Set("tailIndex", std::isnan(health.tail_index) ? env.Null() : Napi::Number::New(env, health.tail_index));
  set(record, "shareBelowOne", health.share_below_one);
  set(record, "shareAboveOne", health.share_above_one);
  record.Set("quantiles", as_array(env, health.quantiles));
  record.Set("smallest", as_array(env, health.smallest));
  record.Set("largest", as_array(env, health.largest));
  record.Set("clipped", env.Null());
  if (clip) {
    auto clipped = Napi::Object::New(env);
    set(clipped, "lower", clip->lower);
    set(clipped, "upper", clip->upper);
    set(clipped, "below", health.clipped_below);
    set(clipped, "above", health.clipped_above);
    record.Set("clipped", clipped);
  }
  return record;
}

using Logits = std::variant<std::vector<float>, std::vector<double>>;

Logits copy_logits(const Napi::Value& value) {
  if (is_float32(value)) return array_copy<float>(value, "logits");
  return array_copy<double>(value, "logits");
}

/// densityRatioWeights(logits, members, { rule, priorShift, role, clip, rowWeights }, computer, notify) → job
Napi::Value start_density_ratio_weights(const Napi::CallbackInfo& info) {
  const auto members = static_cast<std::size_t>(count_argument(info[1], "members"));
  const auto options = density_ratio_options(object_argument(info[2], "options"));
  return start_job(info[4], [logits = copy_logits(info[0]), members, options,
                             make_backend = backend_argument(info[3])](JobControl& control) -> JobResult {
    const LogitView view = std::visit([](const auto& of_members) -> LogitView { return std::span(of_members); }, logits);
    auto made = density_ratio_weights(view, members, options, *make_backend(), control);
    return [made = std::move(made), clip = options.clip](Napi::Env env) {
      auto result = Napi::Object::New(env);
      result.Set("logWeights", new_array(env, made.log_weights));
      result.Set("values", new_array(env, made.weights));
      result.Set("health", as_record(env, made.health, clip));
      set(result, "memberSpread", made.member_spread);
      return result;
    };
  });
}

}  // namespace

void add_statistics_operations(Napi::Env env, Napi::Object exports) {
  add_operation<start_rank_scores>(env, exports, "rankScores");
  add_operation<start_area_under_curve>(env, exports, "areaUnderCurve");
  add_operation<start_roc_curve>(env, exports, "rocCurve");
  add_operation<start_kolmogorov_smirnov>(env, exports, "kolmogorovSmirnov");
  add_operation<start_largest_distance>(env, exports, "largestDistance");
  add_operation<start_density_ratio_weights>(env, exports, "densityRatioWeights");
}

}  // namespace caloscope::addon
