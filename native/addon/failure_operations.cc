#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "addon/arguments.h"
#include "addon/column_arguments.h"
#include "addon/operations.h"
#include "core/failures/failures.h"
#include "core/failures/mixture.h"
#include "core/failures/support.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"

namespace caloscope::addon {
namespace {

struct Input {
  std::vector<std::vector<double>> columns;
  std::vector<std::size_t> candidates;
  std::vector<double> scores;
  std::size_t reference;
};

Napi::Value as_record(Napi::Env env, const RowCounts& rows) {
  auto record = Napi::Object::New(env);
  record.Set("reference", static_cast<double>(rows.reference));
  record.Set("generated", static_cast<double>(rows.generated));
  return record;
}

/// Bounds of the values: [lower, upper), infinite where there is none; both NaN where rows without a value are meant.
Napi::Value as_record(Napi::Env env, const Condition& condition, const std::vector<ColumnBins>& columns) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto& column = columns[condition.column];
  const auto& [first, last] = condition.range;
  double lower = first > 0 && first < column.ordered() ? column.edges[first - 1] : -infinity;
  double upper = last < column.ordered() ? column.edges[last - 1] : infinity;
  if (first >= column.ordered()) lower = upper = std::numeric_limits<double>::quiet_NaN();
  auto record = Napi::Object::New(env);
  record.Set("column", static_cast<double>(condition.column));
  record.Set("lower", lower);
  record.Set("upper", upper);
  return record;
}

Napi::Value as_array(Napi::Env env, const std::vector<Region>& regions, const std::vector<ColumnBins>& columns) {
  auto array = Napi::Array::New(env, regions.size());
  for (std::uint32_t i = 0; i < regions.size(); ++i) {
    auto conditions = Napi::Array::New(env, regions[i].conditions.size());
    for (std::uint32_t side = 0; side < regions[i].conditions.size(); ++side) {
      conditions.Set(side, as_record(env, regions[i].conditions[side], columns));
    }
    auto record = Napi::Object::New(env);
    record.Set("conditions", conditions);
    record.Set("measured", as_record(env, regions[i].measured));
    array.Set(i, record);
  }
  return array;
}

Napi::Value as_array(Napi::Env env, const std::vector<ExplainedArea>& areas) {
  auto array = Napi::Array::New(env, areas.size());
  for (std::uint32_t i = 0; i < areas.size(); ++i) {
    auto record = Napi::Object::New(env);
    record.Set("column", static_cast<double>(areas[i].column));
    record.Set("left", areas[i].left);
    record.Set("share", areas[i].share);
    record.Set("error", areas[i].error);
    array.Set(i, record);
  }
  return array;
}

Napi::Value as_record(Napi::Env env, const Failures& found) {
  auto record = Napi::Object::New(env);
  record.Set("measuring", as_record(env, found.measuring));
  record.Set("ofColumns", as_array(env, found.of_columns, found.columns));
  record.Set("boxes", as_array(env, found.boxes, found.columns));
  record.Set("area", found.area);
  record.Set("alone", as_array(env, found.alone));
  record.Set("inTurn", as_array(env, found.in_turn));
  return record;
}

/// findFailures(first, second, candidates, firstScores, secondScores, seed, threads, notify) → job; lists of columns, of which
/// each row has one score.
Napi::Value start_find_failures(const Napi::CallbackInfo& info) {
  Input input{pooled_columns(list_argument(info[0], "first"), list_argument(info[1], "second")), {}, {}, 0};
  for (const auto column : array_view<std::uint32_t>(info[2], "candidates")) input.candidates.push_back(column);
  input.scores = array_copy<double>(info[3], "firstScores");
  input.reference = input.scores.size();
  const auto rest = array_view<double>(info[4], "secondScores");
  input.scores.insert(input.scores.end(), rest.begin(), rest.end());
  return start_job(info[7], [input = std::make_shared<Input>(std::move(input)), seed = count_argument(info[5], "seed"),
                             threads = threads_argument(info[6])](JobControl& control) -> JobResult {
    const ScoredRows rows{input->scores, input->reference};
    auto found = std::make_shared<Failures>(
        find_failures(input->columns, input->candidates, rows, seed, tiles_on(threads), control));
    return [found](Napi::Env env) { return as_record(env, *found); };
  });
}

Napi::Value as_record(Napi::Env env, const SampleSupport& sample) {
  auto farthest = Napi::Array::New(env, sample.farthest.size());
  for (std::uint32_t i = 0; i < sample.farthest.size(); ++i) {
    auto row = Napi::Object::New(env);
    row.Set("row", static_cast<double>(sample.farthest[i].row));
    row.Set("distance", sample.farthest[i].distance);
    row.Set("ownDistance", sample.farthest[i].own_distance);
    farthest.Set(i, row);
  }
  auto record = Napi::Object::New(env);
  record.Set("judged", static_cast<double>(sample.judged));
  record.Set("neighbors", static_cast<double>(sample.neighbors));
  record.Set("directions", static_cast<double>(sample.directions));
  record.Set("outside", static_cast<double>(sample.outside));
  record.Set("expectedShare", sample.expected_share);
  record.Set("standardError", sample.standard_error);
  record.Set("farthest", farthest);
  return record;
}

/// supportOverlap(first, second, seed, threads, notify) → job; lists of columns
Napi::Value start_support_overlap(const Napi::CallbackInfo& info) {
  const auto first = list_argument(info[0], "first");
  auto columns = std::make_shared<std::vector<std::vector<double>>>(
      pooled_columns(first, list_argument(info[1], "second")));
  return start_job(info[4], [columns, reference = rows_of(first), seed = count_argument(info[2], "seed"),
                             threads = threads_argument(info[3])](JobControl& control) -> JobResult {
    auto found = std::make_shared<SupportOverlap>(
        support_overlap(*columns, reference, seed, tiles_on(threads), control));
    return [found](Napi::Env env) {
      auto record = Napi::Object::New(env);
      record.Set("reference", as_record(env, found->reference));
      record.Set("generated", as_record(env, found->generated));
      return record;
    };
  });
}

struct FoundMixture {
  Mixture mixture;
  std::vector<std::uint32_t> component;  ///< of every row
};

/// mixture(numbers, dimensions, most, seed, threads, notify) → job; rows of numbers, row by row
Napi::Value start_mixture(const Napi::CallbackInfo& info) {
  const auto dimensions = static_cast<std::size_t>(count_argument(info[1], "dimensions"));
  auto numbers = std::make_shared<std::vector<double>>(array_copy<double>(info[0], "numbers"));
  if (dimensions == 0 || numbers->size() % dimensions != 0) {
    throw Error(ErrorCode::shape, "`numbers` must hold rows of `dimensions` numbers");
  }
  return start_job(info[5], [numbers, dimensions, most = static_cast<std::size_t>(count_argument(info[2], "most")),
                             seed = count_argument(info[3], "seed"),
                             threads = threads_argument(info[4])](JobControl& control) -> JobResult {
    const PointCloud points{*numbers, dimensions};
    auto found = std::make_shared<FoundMixture>();
    found->mixture = best_mixture(points, most, seed, tiles_on(threads), control);
    for (std::size_t row = 0; row < points.rows(); ++row) {
      found->component.push_back(static_cast<std::uint32_t>(found->mixture.component_of(points.row(row))));
    }
    return [found](Napi::Env env) {
      auto record = Napi::Object::New(env);
      record.Set("shares", new_array(env, found->mixture.shares));
      record.Set("means", new_array(env, found->mixture.means));
      record.Set("variances", new_array(env, found->mixture.variances));
      record.Set("component", new_array(env, found->component));
      return record;
    };
  });
}

}  // namespace

void add_failure_operations(Napi::Env env, Napi::Object exports) {
  add_operation<start_find_failures>(env, exports, "findFailures");
  add_operation<start_support_overlap>(env, exports, "supportOverlap");
  add_operation<start_mixture>(env, exports, "mixture");
}

}  // namespace caloscope::addon
