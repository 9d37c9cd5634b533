#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "addon/arguments.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/error.h"
#include "core/weighted_histogram.h"
#include "cpu/worker_pool.h"

namespace caloscope::addon {
namespace {

std::shared_ptr<WeightedHistogram> histogram_of(const Napi::Value& value) {
  return from_handle<WeightedHistogram>(value, HandleKind::histogram);
}

HistogramAxis decode_axis(const Napi::Object& axis) {
  const std::string type = text(axis, "type");
  const UpperEdge upper_edge = text(axis, "upperEdge") == "last-bin" ? UpperEdge::last_bin : UpperEdge::overflow;
  if (type == "variable") return HistogramAxis::variable(array_copy<double>(axis.Get("edges"), "edges"), upper_edge);
  const auto bins = static_cast<std::size_t>(count(axis, "bins"));
  const double lower = number(axis, "lower");
  const double upper = number(axis, "upper");
  if (type == "log") return HistogramAxis::logarithmic(bins, lower, upper, upper_edge);
  if (type == "regular") return HistogramAxis::regular(bins, lower, upper, upper_edge);
  throw Error(ErrorCode::argument, "`type` of an axis must be regular, log or variable");
}

std::vector<Napi::Value> elements(const Napi::Value& value, const char* what) {
  if (!value.IsArray()) throw Error(ErrorCode::argument, std::string("`") + what + "` must be an array");
  const auto array = value.As<Napi::Array>();
  std::vector<Napi::Value> result;
  for (std::uint32_t i = 0; i < array.Length(); ++i) result.push_back(array.Get(i));
  return result;
}

/// Numbers of one column, owned by a job.
using Column = std::variant<std::monostate, std::vector<float>, std::vector<double>>;

Column copy_column(const Napi::Value& value, const char* what) {
  if (value.IsNull()) return std::monostate();
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array) {
    return array_copy<float>(value, what);
  }
  return array_copy<double>(value, what);
}

std::vector<ColumnView> views(const std::vector<Column>& columns) {
  std::vector<ColumnView> result;
  for (const auto& column : columns) {
    result.emplace_back();
    if (const auto* floats = std::get_if<std::vector<float>>(&column)) result.back() = std::span<const float>(*floats);
    if (const auto* doubles = std::get_if<std::vector<double>>(&column)) {
      result.back() = std::span<const double>(*doubles);
    }
  }
  return result;
}

/// createHistogram(axes, weightColumns) → handle
Napi::Value create_histogram(const Napi::CallbackInfo& info) {
  std::vector<HistogramAxis> axes;
  for (const auto& axis : elements(info[0], "axes")) axes.push_back(decode_axis(object_argument(axis, "axis")));
  const auto weight_columns = static_cast<std::size_t>(count_argument(info[1], "weightColumns"));
  auto histogram = std::make_shared<WeightedHistogram>(std::move(axes), weight_columns);
  const std::size_t bytes = histogram->cells() * weight_columns * 2 * sizeof(double);
  return make_handle(info.Env(), HandleKind::histogram, std::move(histogram), bytes);
}

/// fillHistogram(histogram, columns, weights, threads, notify) → job
Napi::Value fill_histogram(const Napi::CallbackInfo& info) {
  auto histogram = histogram_of(info[0]);
  std::vector<Column> coordinates;
  for (const auto& column : elements(info[1], "columns")) {
    if (column.IsNull()) throw Error(ErrorCode::argument, "`columns` must hold one typed array an axis");
    coordinates.push_back(copy_column(column, "columns"));
  }
  std::vector<Column> weights;
  for (const auto& column : elements(info[2], "weights")) weights.push_back(copy_column(column, "weights"));
  const auto threads = static_cast<unsigned>(std::clamp<std::uint64_t>(count_argument(info[3], "threads"), 1, 1024));
  return start_job(info[4], [histogram = std::move(histogram), coordinates = std::move(coordinates),
                             weights = std::move(weights), threads](JobControl& control) -> JobResult {
    const TileRunner run_tiles = [threads](std::size_t tiles, const std::function<void(std::size_t)>& body) {
      WorkerPool pool(static_cast<unsigned>(std::min<std::size_t>(threads, tiles)));
      pool.run(tiles, [&body](std::size_t tile, unsigned) { body(tile); });
    };
    histogram->fill(views(coordinates), views(weights), run_tiles, control);
    return [](Napi::Env env) { return env.Undefined(); };
  });
}

/// mergeHistogram(histogram, other)
Napi::Value merge_histogram(const Napi::CallbackInfo& info) {
  histogram_of(info[0])->merge(*histogram_of(info[1]));
  return info.Env().Undefined();
}

/// addToHistogram(histogram, sums)
Napi::Value add_to_histogram(const Napi::CallbackInfo& info) {
  const auto record = object_argument(info[1], "sums");
  HistogramSums sums(0, 0);
  sums.values = array_copy<double>(record.Get("values"), "values");
  sums.variances = array_copy<double>(record.Get("variances"), "variances");
  sums.nan_values = array_copy<double>(record.Get("nanValues"), "nanValues");
  sums.nan_variances = array_copy<double>(record.Get("nanVariances"), "nanVariances");
  sums.entries = count(record, "entries");
  sums.nan_entries = count(record, "nanEntries");
  histogram_of(info[0])->add(sums);
  return info.Env().Undefined();
}

/// histogramValues(histogram, weightColumn), histogramVariances(histogram, weightColumn) → Float64Array
Napi::Value histogram_values(const Napi::CallbackInfo& info) {
  const auto column = static_cast<std::size_t>(count_argument(info[1], "weightColumn"));
  return new_array(info.Env(), histogram_of(info[0])->values(column));
}

Napi::Value histogram_variances(const Napi::CallbackInfo& info) {
  const auto column = static_cast<std::size_t>(count_argument(info[1], "weightColumn"));
  return new_array(info.Env(), histogram_of(info[0])->variances(column));
}

/// histogramCounters(histogram) → { entries, nanEntries, nanValues, nanVariances }
Napi::Value histogram_counters(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const HistogramCounters counters = histogram_of(info[0])->counters();
  auto result = Napi::Object::New(env);
  result.Set("entries", Napi::Number::New(env, static_cast<double>(counters.entries)));
  result.Set("nanEntries", Napi::Number::New(env, static_cast<double>(counters.nan_entries)));
  result.Set("nanValues", new_array(env, counters.nan_values));
  result.Set("nanVariances", new_array(env, counters.nan_variances));
  return result;
}

/// histogramEdges(histogram, axis) → Float64Array
Napi::Value histogram_edges(const Napi::CallbackInfo& info) {
  const auto histogram = histogram_of(info[0]);
  const auto axis = static_cast<std::size_t>(count_argument(info[1], "axis"));
  if (axis >= histogram->axes().size()) throw Error(ErrorCode::argument, "the histogram has no axis of this number");
  return new_array(info.Env(), histogram->axes()[axis].edges());
}

}  // namespace

void add_histogram_operations(Napi::Env env, Napi::Object exports) {
  add_operation<create_histogram>(env, exports, "createHistogram");
  add_operation<fill_histogram>(env, exports, "fillHistogram");
  add_operation<merge_histogram>(env, exports, "mergeHistogram");
  add_operation<add_to_histogram>(env, exports, "addToHistogram");
  add_operation<histogram_values>(env, exports, "histogramValues");
  add_operation<histogram_variances>(env, exports, "histogramVariances");
  add_operation<histogram_counters>(env, exports, "histogramCounters");
  add_operation<histogram_edges>(env, exports, "histogramEdges");
}

}  // namespace caloscope::addon
