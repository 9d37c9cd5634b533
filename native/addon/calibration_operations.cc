#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "addon/arguments.h"
#include "addon/operations.h"
#include "core/calibration/calibration.h"
#include "core/calibration/isotonic.h"
#include "core/calibration/proper_scores.h"
#include "core/calibration/reliability.h"
#include "core/run/error.h"

namespace caloscope::addon {
namespace {

void append(std::vector<double>& all, const Napi::Value& numbers, const char* what) {
  const auto more = doubles_argument(numbers, what);
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<std::uint8_t> labels_of(std::size_t reference, std::size_t rows) {
  std::vector<std::uint8_t> labels(rows, 0);
  std::fill_n(labels.begin(), reference, std::uint8_t{1});
  return labels;
}

/// { reference, generated, referenceWeights | null, generatedWeights | null }: the reference rows first.
CalibrationSet set_argument(const Napi::Value& value) {
  const Napi::Object record = object_argument(value, "set");
  CalibrationSet set;
  append(set.logits, record.Get("reference"), "reference");
  const std::size_t reference = set.logits.size();
  append(set.logits, record.Get("generated"), "generated");
  set.labels = labels_of(reference, set.logits.size());
  const Napi::Value of_reference = record.Get("referenceWeights"), of_generated = record.Get("generatedWeights");
  if (of_reference.IsNull() && of_generated.IsNull()) return set;
  append(set.weights, of_reference, "referenceWeights");
  if (set.weights.size() != reference) throw Error(ErrorCode::shape, "every reference row needs a weight");
  append(set.weights, of_generated, "generatedWeights");
  return set;
}

Napi::Object as_record(Napi::Env env, const std::vector<std::pair<std::string_view, double>>& parameters) {
  auto record = Napi::Object::New(env);
  for (const auto& [name, value] : parameters) record.Set(std::string(name), Napi::Number::New(env, value));
  return record;
}

Napi::Value array_or_null(Napi::Env env, std::span<const double> values) {
  if (values.empty()) return env.Null();
  return new_array(env, values);
}

std::span<const double> part(const std::vector<double>& values, std::size_t first, std::size_t count) {
  if (values.empty()) return {};
  return std::span(values).subspan(first, count);
}

Napi::Object calibrated_rows(Napi::Env env, const Calibrated& rows, std::size_t first, std::size_t count) {
  auto record = Napi::Object::New(env);
  record.Set("logOdds", new_array(env, part(rows.log_odds, first, count)));
  record.Set("lower", array_or_null(env, part(rows.lower, first, count)));
  record.Set("upper", array_or_null(env, part(rows.upper, first, count)));
  return record;
}

bool flag_argument(const Napi::Value& value, const char* what) {
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  throw Error(ErrorCode::argument, std::string("`") + what + "` must be true or false");
}

/// calibrate(method, set, logits, balance, notify) → job
Napi::Value start_calibrate(const Napi::CallbackInfo& info) {
  return start_job(info[4], [method = name_argument<CalibrationMethod>(info[0], "method"), set = set_argument(info[1]),
                             logits = doubles_argument(info[2], "logits"),
                             balance = flag_argument(info[3], "balance")](JobControl& control) -> JobResult {
    auto made = calibrate(method, balance ? balanced(set) : set, logits, control);
    return [made = std::move(made)](Napi::Env env) {
      auto record = calibrated_rows(env, made, 0, made.log_odds.size());
      record.Set("parameters", as_record(env, made.parameters));
      return record;
    };
  });
}

/// crossCalibrate(method, set, referenceFold, generatedFold, balance, notify) → job
Napi::Value start_cross_calibrate(const Napi::CallbackInfo& info) {
  auto fold = array_copy<std::uint16_t>(info[2], "referenceFold");
  const std::size_t reference = fold.size();
  const auto of_generated = array_view<std::uint16_t>(info[3], "generatedFold");
  fold.insert(fold.end(), of_generated.begin(), of_generated.end());
  return start_job(info[5], [method = name_argument<CalibrationMethod>(info[0], "method"), set = set_argument(info[1]),
                             fold = std::move(fold), reference,
                             balance = flag_argument(info[4], "balance")](JobControl& control) -> JobResult {
    auto made = cross_calibrate(method, set, fold, balance, control);
    return [made = std::move(made), reference](Napi::Env env) {
      auto record = Napi::Object::New(env);
      record.Set("reference", calibrated_rows(env, made.rows, 0, reference));
      record.Set("generated", calibrated_rows(env, made.rows, reference, made.rows.log_odds.size() - reference));
      auto parameters = Napi::Array::New(env);
      for (const auto& of_fold : made.parameters) parameters.Set(parameters.Length(), as_record(env, of_fold));
      record.Set("parameters", parameters);
      return record;
    };
  });
}

/// isotonicRegression(x, y, weights | null, query, { lower, upper, resolution }, notify) → job
Napi::Value start_isotonic_regression(const Napi::CallbackInfo& info) {
  const Napi::Object record = object_argument(info[4], "limits");
  const IsotonicLimits limits{number(record, "lower"), number(record, "upper"), number(record, "resolution")};
  auto weights = info[2].IsNull() ? std::vector<double>{} : doubles_argument(info[2], "weights");
  return start_job(info[5], [x = doubles_argument(info[0], "x"), y = doubles_argument(info[1], "y"),
                             weights = std::move(weights), query = doubles_argument(info[3], "query"),
                             limits](JobControl&) -> JobResult {
    require_finite(query, "the query");
    auto function = isotonic_regression(x, y, weights, limits);
    std::vector<double> values;
    for (const double at : query) values.push_back(function.at(at));
    return [function = std::move(function), values = std::move(values)](Napi::Env env) {
      auto result = Napi::Object::New(env);
      result.Set("x", new_array(env, function.x));
      result.Set("y", new_array(env, function.y));
      result.Set("values", new_array(env, values));
      return result;
    };
  });
}

Napi::Object as_record(Napi::Env env, const ReliabilityBin& bin) {
  auto record = Napi::Object::New(env);
  const auto set = [&](const char* key, double value) { record.Set(key, Napi::Number::New(env, value)); };
  set("lower", bin.lower);
  set("upper", bin.upper);
  set("reference", static_cast<double>(bin.reference));
  set("generated", static_cast<double>(bin.generated));
  set("meanProbability", bin.mean_probability);
  set("frequency", bin.frequency);
  set("frequencyLow", bin.frequency_low);
  set("frequencyHigh", bin.frequency_high);
  return record;
}

/// reliability(set of probabilities in place of logits, { bins, spacing, balance, resamples, seed }, notify) → job
Napi::Value start_reliability(const Napi::CallbackInfo& info) {
  CalibrationSet set = set_argument(info[0]);
  StatedRows rows{std::move(set.logits), std::move(set.labels), std::move(set.weights)};
  const Napi::Object record = object_argument(info[1], "plan");
  const ReliabilityPlan plan{count(record, "bins"), name_argument<BinSpacing>(record.Get("spacing"), "spacing"),
                             flag(record, "balance"), count(record, "resamples"), count(record, "seed")};
  return start_job(info[2], [rows = std::move(rows), plan](JobControl& control) -> JobResult {
    auto made = reliability(rows, plan, control);
    return [made = std::move(made)](Napi::Env env) {
      auto result = Napi::Object::New(env);
      auto bins = Napi::Array::New(env);
      for (const ReliabilityBin& bin : made.bins) bins.Set(bins.Length(), as_record(env, bin));
      result.Set("bins", bins);
      result.Set("value", Napi::Number::New(env, made.error.value));
      result.Set("expected", Napi::Number::New(env, made.error.expected));
      result.Set("deviation", Napi::Number::New(env, made.error.deviation));
      result.Set("reached", Napi::Number::New(env, static_cast<double>(made.error.reached)));
      return result;
    };
  });
}

/// properScores(set, balance, notify) → job
Napi::Value start_proper_scores(const Napi::CallbackInfo& info) {
  return start_job(info[2], [set = set_argument(info[0]), balance = flag_argument(info[1], "balance")](
                                JobControl&) -> JobResult {
    const ProperScores scores = proper_scores(balance ? balanced(set) : set);
    return [scores](Napi::Env env) {
      auto result = Napi::Object::New(env);
      result.Set("brier", Napi::Number::New(env, scores.brier));
      result.Set("logLoss", Napi::Number::New(env, scores.log_loss));
      result.Set("jensenShannon", Napi::Number::New(env, scores.jensen_shannon));
      return result;
    };
  });
}

/// logLossGain(set, referenceAfter, generatedAfter, balance, notify) → job
Napi::Value start_log_loss_gain(const Napi::CallbackInfo& info) {
  auto after = doubles_argument(info[1], "referenceAfter");
  append(after, info[2], "generatedAfter");
  return start_job(info[4], [set = set_argument(info[0]), after = std::move(after),
                             balance = flag_argument(info[3], "balance")](JobControl&) -> JobResult {
    const PairedGain gain = log_loss_gain(balance ? balanced(set) : set, after);
    return [gain](Napi::Env env) {
      auto result = Napi::Object::New(env);
      result.Set("value", Napi::Number::New(env, gain.value));
      result.Set("standardError", Napi::Number::New(env, gain.standard_error));
      return result;
    };
  });
}

}  // namespace

void add_calibration_operations(Napi::Env env, Napi::Object exports) {
  add_operation<start_calibrate>(env, exports, "calibrate");
  add_operation<start_cross_calibrate>(env, exports, "crossCalibrate");
  add_operation<start_isotonic_regression>(env, exports, "isotonicRegression");
  add_operation<start_reliability>(env, exports, "reliability");
  add_operation<start_proper_scores>(env, exports, "properScores");
  add_operation<start_log_loss_gain>(env, exports, "logLossGain");
}

}  // namespace caloscope::addon
