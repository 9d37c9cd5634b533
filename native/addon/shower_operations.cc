#include <algorithm>
#include <limits>

#include "addon/arguments.h"
#include "addon/geometry_argument.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "core/samples/column_ranges.h"
#include "core/samples/feature_table.h"
#include "core/samples/observables.h"
#include "core/samples/repeated_rows.h"
#include "core/samples/shower_profiles.h"
#include "core/samples/shower_table.h"

namespace caloscope::addon {
namespace {

std::shared_ptr<ShowerTable> showers(const Napi::Value& value) {
  return from_handle<ShowerTable>(value, HandleKind::shower_table);
}

Napi::Value names(Napi::Env env, const std::vector<std::string>& list) {
  auto array = Napi::Array::New(env, list.size());
  for (std::uint32_t i = 0; i < list.size(); ++i) array.Set(i, Napi::String::New(env, list[i]));
  return array;
}

FeatureSetName feature_set_argument(const Napi::Value& value) { return name_argument<FeatureSetName>(value, "set"); }

std::uint32_t column_count_argument(const Napi::Value& value) {
  const auto columns = count_argument(value, "columns");
  if (columns > std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::argument, "too many columns");
  return static_cast<std::uint32_t>(columns);
}

/// createShowerTable(voxels, expectedRows) → handle
Napi::Value create_shower_table(const Napi::CallbackInfo& info) {
  const auto voxels = count_argument(info[0], "voxels");
  if (voxels > std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::argument, "too many voxels");
  auto table = std::make_shared<ShowerTable>(static_cast<std::uint32_t>(voxels), count_argument(info[1], "expectedRows"));
  return make_handle(info.Env(), HandleKind::shower_table, table, table->bytes());
}

/// appendShowers(table, incidentEnergies, voxels)
Napi::Value append_showers(const Napi::CallbackInfo& info) {
  const auto table = showers(info[0]);
  const auto energies = array_view<double>(info[1], "incidentEnergies");
  if (info[2].IsTypedArray() && info[2].As<Napi::TypedArray>().TypedArrayType() == napi_float64_array) {
    table->append(energies, array_view<double>(info[2], "voxels"));
  } else {
    table->append(energies, array_view<float>(info[2], "voxels"));
  }
  set_handle_bytes(info[0], HandleKind::shower_table, table->bytes());
  return info.Env().Undefined();
}

/// showerTable(table) → { voxels, rows, hits, bytes, incidentEnergies }
Napi::Value shower_table(const Napi::CallbackInfo& info) {
  const auto table = showers(info[0]);
  const Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  result.Set("voxels", Napi::Number::New(env, table->voxels()));
  result.Set("rows", Napi::Number::New(env, static_cast<double>(table->rows())));
  result.Set("hits", Napi::Number::New(env, static_cast<double>(table->hits())));
  result.Set("bytes", Napi::Number::New(env, static_cast<double>(table->bytes())));
  return result;
}

/// incidentEnergies(table) → Float64Array
Napi::Value incident_energies(const Napi::CallbackInfo& info) {
  return new_array(info.Env(), showers(info[0])->incident_energies());
}

/// readShowers(table, first, count) → Float64Array, count × voxels
Napi::Value read_showers(const Napi::CallbackInfo& info) {
  const auto table = showers(info[0]);
  const auto first = count_argument(info[1], "first");
  const auto count = count_argument(info[2], "count");
  if (first > table->rows() || count > table->rows() - first) {
    throw Error(ErrorCode::argument, "rows " + std::to_string(first) + " to " + std::to_string(first + count) +
                                         " are not in a table of " + std::to_string(table->rows()) + " showers");
  }
  std::vector<double> dense(count * table->voxels());
  Hits hits;
  for (std::uint64_t row = 0; row < count; ++row) {
    table->read(first + row, -std::numeric_limits<double>::infinity(), hits);
    for (std::size_t hit = 0; hit < hits.size(); ++hit) dense[row * table->voxels() + hits.voxel[hit]] = hits.energy[hit];
  }
  return new_array(info.Env(), dense);
}

/// featureNames(geometry, set) → string[]
Napi::Value feature_names(const Napi::CallbackInfo& info) {
  const FeatureSet features(feature_set_argument(info[1]), geometry_argument(info[0]), 0);
  return names(info.Env(), features.column_names());
}

/// featureRows(table, geometry, set, threshold, first, count) → Float64Array, count × columns
Napi::Value feature_rows(const Napi::CallbackInfo& info) {
  const auto table = showers(info[0]);
  const FeatureSet features(feature_set_argument(info[2]), geometry_argument(info[1]),
                            threshold_argument(info[3]));
  const auto first = count_argument(info[4], "first");
  const auto count = count_argument(info[5], "count");
  if (table->voxels() != features.geometry().voxels()) {
    throw Error(ErrorCode::shape, "the showers do not have the voxels of the geometry");
  }
  if (first > table->rows() || count > table->rows() - first) {
    throw Error(ErrorCode::argument, "the rows requested are not in the table");
  }
  std::vector<double> result(count * features.columns());
  ShowerMoments shower = features.moments_of(*table);
  FeatureSet::Scratch scratch;
  for (std::uint64_t row = 0; row < count; ++row) {
    features.row_of(shower, first + row, scratch, std::span(result).subspan(row * features.columns(), features.columns()));
  }
  return new_array(info.Env(), result);
}

/// makeFeatures(table, geometry, set, threshold, conditions, columns, threads, notify) → job → feature table handle
Napi::Value make_features(const Napi::CallbackInfo& info) {
  auto table = showers(info[0]);
  FeatureSet features(feature_set_argument(info[2]), geometry_argument(info[1]), threshold_argument(info[3]));
  const auto columns = column_count_argument(info[5]);
  return start_job(info[7], [table = std::move(table), features = std::move(features),
                             conditions = array_copy<float>(info[4], "conditions"), columns,
                             threads = threads_argument(info[6])](JobControl& control) -> JobResult {
    FeatureTable made(table, features, tiles_on(threads), control);
    auto result = std::make_shared<FeatureTable>(columns == 0 ? std::move(made) : made.preceded_by(conditions, columns));
    return [result](Napi::Env env) -> Napi::Value {
      return make_handle(env, HandleKind::feature_table, result, result->bytes());
    };
  });
}

/// makeMatrix(values, columns) → feature table handle
Napi::Value make_matrix(const Napi::CallbackInfo& info) {
  auto table = std::make_shared<FeatureTable>(array_copy<float>(info[0], "values"), column_count_argument(info[1]));
  return make_handle(info.Env(), HandleKind::feature_table, table, table->bytes());
}

/// observables(geometry) → { name, label, unit, layer, compared }[]
Napi::Value observables(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto all = observables_of(geometry_argument(info[0]));
  auto list = Napi::Array::New(env, all.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    auto record = Napi::Object::New(env);
    record.Set("name", Napi::String::New(env, all[i].name));
    record.Set("label", Napi::String::New(env, all[i].label));
    record.Set("unit", Napi::String::New(env, all[i].unit));
    record.Set("layer", all[i].layer ? Napi::Number::New(env, *all[i].layer) : env.Null());
    record.Set("compared", Napi::Boolean::New(env, all[i].asked == Asked::always));
    list.Set(i, record);
  }
  return list;
}

/// observableValues(table, geometry, threshold, chosen, threads, notify) → job → Float64Array, chosen × rows
Napi::Value values_of_observables(const Napi::CallbackInfo& info) {
  return start_job(info[5], [table = showers(info[0]), geometry = geometry_argument(info[1]),
                             threshold = threshold_argument(info[2]),
                             chosen = array_copy<std::uint32_t>(info[3], "chosen"),
                             threads = threads_argument(info[4])](JobControl& control) -> JobResult {
    auto values = std::make_shared<std::vector<double>>(
        observable_values(*table, geometry, threshold, chosen, tiles_on(threads), control));
    return [values](Napi::Env env) { return adopt_array(env, values); };
  });
}

std::vector<ShowerProfile> profiles_argument(const Napi::Value& value) {
  const auto list = list_argument(value, "profiles");
  std::vector<ShowerProfile> profiles(list.Length());
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const auto one = object_argument(list.Get(i), "a profile");
    profiles[i].place = array_copy<std::uint32_t>(one.Get("place"), "place");
    const auto places = count(one, "places");
    if (places > profiles[i].place.size()) throw Error(ErrorCode::argument, "a profile has more places than voxels");
    profiles[i].places = static_cast<std::uint32_t>(places);
    profiles[i].energy_edges = array_copy<double>(one.Get("energyEdges"), "energyEdges");
    profiles[i].energies = flag(one, "energies");
    profiles[i].products = flag(one, "products");
  }
  return profiles;
}

/// profileSums(table, threshold, profiles, weights, threads, notify) → job → { contents, squareWeighted, squares, products }[]
Napi::Value start_profile_sums(const Napi::CallbackInfo& info) {
  const auto list = list_argument(info[3], "weights");
  std::vector<std::vector<double>> weights(list.Length());
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    if (!list.Get(i).IsNull()) weights[i] = array_copy<double>(list.Get(i), "weights");
  }
  return start_job(info[5], [table = showers(info[0]), threshold = threshold_argument(info[1]),
                             profiles = profiles_argument(info[2]), weights = std::move(weights),
                             threads = threads_argument(info[4])](JobControl& control) -> JobResult {
    const auto found = profile_sums(*table, threshold, profiles, weights, tiles_on(threads), control);
    return [found](Napi::Env env) -> Napi::Value {
      auto columns = Napi::Array::New(env, found.size());
      for (std::uint32_t i = 0; i < found.size(); ++i) {
        auto sums = Napi::Object::New(env);
        sums.Set("contents", new_array(env, found[i].contents));
        sums.Set("squareWeighted", new_array(env, found[i].square_weighted));
        sums.Set("squares", new_array(env, found[i].squares));
        sums.Set("products", new_array(env, found[i].products));
        columns.Set(i, sums);
      }
      return columns;
    };
  });
}

Napi::Value as_numbers(Napi::Env env, const std::vector<std::uint64_t>& rows) {
  return new_array(env, std::vector<double>(rows.begin(), rows.end()));
}

Napi::Value repeated(Napi::Env env, const RepeatedRows& found) {
  auto result = Napi::Object::New(env);
  result.Set("rows", as_numbers(env, found.rows));
  result.Set("originals", as_numbers(env, found.originals));
  return result;
}

template <class Table>
Napi::Value start_search(const Napi::Value& notify, std::shared_ptr<Table> first, std::shared_ptr<Table> second) {
  return start_job(notify, [first = std::move(first), second = std::move(second)](JobControl& control) -> JobResult {
    const auto found = std::make_shared<RepeatedInPair>(find_repeated_rows(*first, *second, control));
    return [found](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      result.Set("withinFirst", repeated(env, found->within_first));
      result.Set("withinSecond", repeated(env, found->within_second));
      result.Set("shared", repeated(env, found->shared));
      return result;
    };
  });
}

/// repeatedShowers(first, second, notify) → job → { withinFirst, withinSecond, shared }
Napi::Value repeated_showers(const Napi::CallbackInfo& info) {
  return start_search(info[2], showers(info[0]), showers(info[1]));
}

std::shared_ptr<FeatureTable> feature_table(const Napi::Value& value) {
  return from_handle<FeatureTable>(value, HandleKind::feature_table);
}

/// repeatedRows(first, second, notify) → job → { withinFirst, withinSecond, shared }, of two matrices
Napi::Value repeated_rows(const Napi::CallbackInfo& info) {
  return start_search(info[2], feature_table(info[0]), feature_table(info[1]));
}

/// showersWithout(table, rows, notify) → job → shower table handle
Napi::Value showers_without(const Napi::CallbackInfo& info) {
  const auto rows = array_view<double>(info[1], "rows");
  return start_job(info[2], [table = showers(info[0]),
                             removed = std::vector<std::uint64_t>(rows.begin(), rows.end())](JobControl& control) -> JobResult {
    auto kept = std::make_shared<ShowerTable>(table->without(removed, control));
    return [kept](Napi::Env env) -> Napi::Value {
      return make_handle(env, HandleKind::shower_table, kept, kept->bytes());
    };
  });
}

/// columnRanges(first, second, threads, notify) → job → Float64Array, columns × (lowest, low, high, highest)
Napi::Value ranges_of_columns(const Napi::CallbackInfo& info) {
  return start_job(info[3], [first = feature_table(info[0]), second = feature_table(info[1]),
                             threads = threads_argument(info[2])](JobControl& control) -> JobResult {
    auto numbers = std::make_shared<std::vector<double>>();
    for (const auto& [lowest, low, high, highest] : column_ranges(*first, *second, tiles_on(threads), control)) {
      numbers->insert(numbers->end(), {lowest, low, high, highest});
    }
    return [numbers](Napi::Env env) { return new_array(env, *numbers); };
  });
}

/// featureTableRows(table, first, count) → Float32Array, count × columns, zeros included
Napi::Value feature_table_rows(const Napi::CallbackInfo& info) {
  const auto table = feature_table(info[0]);
  const auto first = count_argument(info[1], "first");
  const auto count = count_argument(info[2], "count");
  if (first > table->rows() || count > table->rows() - first) {
    throw Error(ErrorCode::argument, "the rows requested are not in the table");
  }
  const std::size_t columns = table->columns();
  std::vector<float> rows(count * columns);
  FeatureSet::Scratch scratch;
  for (std::uint64_t i = 0; i < count; ++i) {
    float* row = rows.data() + i * columns;
    std::copy_n(table->scalars_of(first + i), table->scalars(), row);
    if (table->voxels() == 0) continue;
    table->voxels_of(first + i, scratch);
    for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
      row[table->scalars() + scratch.hits.voxel[hit]] = static_cast<float>(scratch.hits.energy[hit]);
    }
  }
  return new_array(info.Env(), rows);
}

/// rowsOutside(table, low, high, notify) → job → Float64Array, one a stored column
Napi::Value rows_outside_ranges(const Napi::CallbackInfo& info) {
  return start_job(info[3], [table = feature_table(info[0]), low = array_copy<float>(info[1], "low"),
                             high = array_copy<float>(info[2], "high")](JobControl&) -> JobResult {
    const auto outside = std::make_shared<std::vector<std::uint64_t>>(rows_outside(*table, low, high));
    return [outside](Napi::Env env) { return as_numbers(env, *outside); };
  });
}

}  // namespace

void add_shower_operations(Napi::Env env, Napi::Object exports) {
  add_operation<create_shower_table>(env, exports, "createShowerTable");
  add_operation<append_showers>(env, exports, "appendShowers");
  add_operation<shower_table>(env, exports, "showerTable");
  add_operation<incident_energies>(env, exports, "incidentEnergies");
  add_operation<read_showers>(env, exports, "readShowers");
  add_operation<feature_names>(env, exports, "featureNames");
  add_operation<feature_rows>(env, exports, "featureRows");
  add_operation<make_features>(env, exports, "makeFeatures");
  add_operation<make_matrix>(env, exports, "makeMatrix");
  add_operation<feature_table_rows>(env, exports, "featureTableRows");
  add_operation<observables>(env, exports, "observables");
  add_operation<values_of_observables>(env, exports, "observableValues");
  add_operation<start_profile_sums>(env, exports, "profileSums");
  add_operation<repeated_showers>(env, exports, "repeatedShowers");
  add_operation<repeated_rows>(env, exports, "repeatedRows");
  add_operation<showers_without>(env, exports, "showersWithout");
  add_operation<ranges_of_columns>(env, exports, "columnRanges");
  add_operation<rows_outside_ranges>(env, exports, "rowsOutside");
}

}  // namespace caloscope::addon
