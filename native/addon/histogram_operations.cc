#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "addon/arguments.h"
#include "addon/backend_argument.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/histograms/row_queue.h"
#include "core/histograms/weighted_histogram.h"
#include "core/run/error.h"

namespace caloscope::addon {
namespace {

std::shared_ptr<WeightedHistogram> histogram_of(const Napi::Value& value) {
  return from_handle<WeightedHistogram>(value, HandleKind::histogram);
}

HistogramAxis decode_axis(const Napi::Object& axis) {
  const auto upper_edge = name_argument<UpperEdge>(axis.Get("upperEdge"), "upperEdge");
  const auto make = [&](auto make_axis) {
    return make_axis(static_cast<std::size_t>(count(axis, "bins")), number(axis, "lower"), number(axis, "upper"), upper_edge);
  };
  switch (name_argument<HistogramAxis::Kind>(axis.Get("type"), "type")) {
    case HistogramAxis::Kind::regular: return make(HistogramAxis::regular);
    case HistogramAxis::Kind::logarithmic: return make(HistogramAxis::logarithmic);
    case HistogramAxis::Kind::variable: break;
  }
  return HistogramAxis::variable(array_copy<double>(axis.Get("edges"), "edges"), upper_edge);
}

std::vector<Napi::Value> elements(const Napi::Value& value, const char* what) {
  if (!value.IsArray()) throw Error(ErrorCode::argument, std::string("`") + what + "` must be an array");
  const auto array = value.As<Napi::Array>();
  std::vector<Napi::Value> result;
  for (std::uint32_t i = 0; i < array.Length(); ++i) result.push_back(array.Get(i));
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

/// The JavaScript side of a queue: a job does not wait for rows that can no longer come.
struct RowSource {
  RowSource(std::size_t pieces, std::size_t row_columns) : queue(std::make_shared<RowQueue>(pieces)), columns(row_columns) {}
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  ~RowSource() { queue->close(); }

  std::shared_ptr<RowQueue> queue;
  std::size_t columns;
};

/// Takes `rows` rows from the queue: the columns of the axes, then those of the weights.
void fill_from(RowQueue& queue, HistogramFill& fill, std::uint64_t rows, JobControl& control) {
  const std::size_t axes = fill.plan().axes.size();
  const std::size_t columns = axes + fill.plan().weighted.size();
  for (std::uint64_t done = 0; done < rows;) {
    const RowQueue::Piece& piece = queue.begin_take(control);
    fill.add(views(piece, 0, axes), views(piece, axes, columns), control);
    done += piece.rows;
    queue.end_take();
    control.report({static_cast<double>(done), static_cast<double>(rows), "filling"});
  }
}

/// Added on the JavaScript thread: an abort comes before that, or when the fill is over.
JobResult added_to(const std::shared_ptr<WeightedHistogram>& histogram, std::shared_ptr<HistogramFill> fill,
                   JobControl& control) {
  return [histogram, fill = std::move(fill), &control](Napi::Env env) {
    control.check();
    histogram->add(*fill);
    return env.Undefined();
  };
}

/// fillHistogram(histogram, weighted, rows, pieces, computer, notify) → { job, rows: handle }
Napi::Value fill_histogram(const Napi::CallbackInfo& info) {
  auto histogram = histogram_of(info[0]);
  std::vector<bool> weighted;
  for (const std::uint8_t flag : array_view<std::uint8_t>(info[1], "weighted")) weighted.push_back(flag != 0);
  const std::uint64_t rows = count_argument(info[2], "rows");
  const auto pieces = static_cast<std::size_t>(std::clamp<std::uint64_t>(count_argument(info[3], "pieces"), 1, 64));
  const auto make_backend = backend_argument(info[4]);
  auto plan = histogram->fill_plan(std::move(weighted), rows);
  const auto source = std::make_shared<RowSource>(pieces, plan.axes.size() + plan.weighted.size());
  auto result = Napi::Object::New(info.Env());
  result.Set("rows", make_handle(info.Env(), HandleKind::row_source, source, 0));
  result.Set("job", start_job(info[5], [histogram = std::move(histogram), plan = std::move(plan), queue = source->queue,
                                        rows, make_backend](JobControl& control) -> JobResult {
    const std::shared_ptr<HistogramFill> fill = make_backend()->start_fill(plan);
    fill_from(*queue, *fill, rows, control);
    return added_to(histogram, fill, control);
  }));
  return result;
}

/// A column over shared memory, which JavaScript cannot take away while somebody holds it; null: every weight is 1.
ColumnView shared_column(const Napi::Value& value) {
  if (value.IsNull()) return std::monostate();
  const auto of_type = [&](auto view) -> ColumnView {
    if (value.As<Napi::TypedArray>().ArrayBuffer().IsArrayBuffer()) {
      throw Error(ErrorCode::argument, "the columns must lie in shared memory");
    }
    return view;
  };
  if (is_float32(value)) return of_type(array_view<float>(value, "columns"));
  return of_type(array_view<double>(value, "columns"));
}

/// The rows [first, last) of each column.
std::vector<ColumnView> rows_of_columns(std::span<const ColumnView> columns, std::size_t first, std::size_t last) {
  std::vector<ColumnView> result;
  for (const auto& column : columns) {
    result.push_back(std::visit(
        [&](const auto& numbers) -> ColumnView {
          if constexpr (requires { numbers.subspan(first); }) return numbers.subspan(first, last - first);
          else return numbers;
        },
        column));
  }
  return result;
}

/// fillHistogramInPlace(histogram, columns, rows, rowsOfPiece, computer, notify) → job
Napi::Value fill_histogram_in_place(const Napi::CallbackInfo& info) {
  auto histogram = histogram_of(info[0]);
  const std::size_t axes = histogram->axes().size();
  std::vector<ColumnView> columns;
  std::vector<bool> weighted;
  const std::uint64_t rows = count_argument(info[2], "rows");
  for (const auto& value : elements(info[1], "columns")) {
    columns.push_back(shared_column(value));
    const bool has_numbers = columns.back().index() != 0;
    if (has_numbers && value.As<Napi::TypedArray>().ElementLength() != rows) {
      throw Error(ErrorCode::shape, "the columns of a fill must have the same length");
    }
    if (columns.size() > axes) weighted.push_back(has_numbers);
    else if (!has_numbers) throw Error(ErrorCode::argument, "the column of an axis must have numbers");
  }
  if (columns.size() < axes) throw Error(ErrorCode::shape, "a fill must have a column for each axis");
  const std::uint64_t rows_of_piece = std::max<std::uint64_t>(1, count_argument(info[3], "rowsOfPiece"));
  const auto make_backend = backend_argument(info[4]);
  auto plan = histogram->fill_plan(std::move(weighted), rows);
  // The function lives as long as the job: with it, the arrays.
  if (info[5].IsFunction()) info[5].As<Napi::Object>().Set("columns", info[1]);
  return start_job(info[5], [histogram = std::move(histogram), plan = std::move(plan), columns = std::move(columns), axes, rows,
                             rows_of_piece, make_backend](JobControl& control) -> JobResult {
    const std::shared_ptr<HistogramFill> fill = make_backend()->start_fill(plan);
    const auto all = std::span(columns);
    for (std::uint64_t done = 0; done < rows;) {
      const std::uint64_t end = done + std::min(rows_of_piece, rows - done);
      fill->add(rows_of_columns(all.first(axes), done, end), rows_of_columns(all.subspan(axes), done, end), control);
      done = end;
      control.report({static_cast<double>(done), static_cast<double>(rows), "filling"});
    }
    return added_to(histogram, fill, control);
  });
}

void copy_column(const Napi::Value& value, RowQueue::Column& column) {
  if (value.IsNull()) {
    column = std::monostate();
  } else if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array) {
    assign(column, array_view<float>(value, "columns"));
  } else {
    assign(column, array_view<double>(value, "columns"));
  }
}

/// pushRows(rows: handle, columns, count) → boolean
Napi::Value push_rows(const Napi::CallbackInfo& info) {
  const auto source = from_handle<RowSource>(info[0], HandleKind::row_source);
  const auto columns = elements(info[1], "columns");
  const auto count = static_cast<std::size_t>(count_argument(info[2], "count"));
  if (columns.size() != source->columns) throw Error(ErrorCode::shape, "a piece must have all columns of the fill");
  RowQueue::Piece* const piece = source->queue->begin_push();
  if (piece == nullptr) return Napi::Boolean::New(info.Env(), false);
  piece->columns.resize(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) copy_column(columns[c], piece->columns[c]);
  piece->rows = count;
  for (const auto& column : piece->columns) {
    const std::size_t rows = std::visit(
        [&](const auto& values) {
          if constexpr (requires { values.size(); }) return values.size();
          else return count;
        },
        column);
    if (rows != count) throw Error(ErrorCode::shape, "the columns of a fill must have the same length");
  }
  source->queue->end_push();
  return Napi::Boolean::New(info.Env(), true);
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
  add_operation<fill_histogram_in_place>(env, exports, "fillHistogramInPlace");
  add_operation<push_rows>(env, exports, "pushRows");
  add_operation<merge_histogram>(env, exports, "mergeHistogram");
  add_operation<add_to_histogram>(env, exports, "addToHistogram");
  add_operation<histogram_values>(env, exports, "histogramValues");
  add_operation<histogram_variances>(env, exports, "histogramVariances");
  add_operation<histogram_counters>(env, exports, "histogramCounters");
  add_operation<histogram_edges>(env, exports, "histogramEdges");
}

}  // namespace caloscope::addon
