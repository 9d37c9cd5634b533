#include <limits>
#include <utility>

#include "addon/arguments.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/run/error.h"
#include "core/samples/content_notes.h"
#include "core/samples/hit_exchange.h"
#include "core/samples/shower_table.h"

namespace caloscope::addon {
namespace {

/// createHitExchange() → handle
Napi::Value create_hit_exchange(const Napi::CallbackInfo& info) {
  return make_handle(info.Env(), HandleKind::hit_exchange, HitExchange::create(), 0);
}

/// hitExchangeNumber(exchange) → number
Napi::Value hit_exchange_number(const Napi::CallbackInfo& info) {
  const auto exchange = from_handle<HitExchange>(info[0], HandleKind::hit_exchange);
  return Napi::Number::New(info.Env(), static_cast<double>(exchange->number()));
}

/// consumeHits(exchange, firstRow, table): appends the block to the table
Napi::Value consume_hits(const Napi::CallbackInfo& info) {
  const auto exchange = from_handle<HitExchange>(info[0], HandleKind::hit_exchange);
  const auto table = from_handle<ShowerTable>(info[2], HandleKind::shower_table);
  table->append(exchange->consume(count_argument(info[1], "firstRow")));
  set_handle_bytes(info[2], HandleKind::shower_table, table->bytes());
  return info.Env().Undefined();
}

struct BlockArgument {
  std::uint64_t first_row = 0;
  HitBlock hits;
};

/// { firstRow, incidentEnergies, columns: [{ numbers, rowLength }] }
BlockArgument block_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "block");
  BlockArgument block;
  block.first_row = count(record, "firstRow");
  const auto list = list_argument(record.Get("columns"), "columns");
  std::vector<Napi::Value> numbers;
  std::vector<ShowerColumns> columns(list.Length());
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    const auto entry = object_argument(list.Get(i), "columns");
    const auto length = count(entry, "rowLength");
    if (length > std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::argument, "too many voxels");
    columns[i].row_length = static_cast<std::uint32_t>(length);
    numbers.push_back(entry.Get("numbers"));
  }
  auto incident_energies = array_copy<double>(record.Get("incidentEnergies"), "incidentEnergies");
  // No getter runs from here on: none can take the memory of an array away that was looked at before.
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool wide = numbers[i].IsTypedArray() && numbers[i].As<Napi::TypedArray>().TypedArrayType() == napi_float64_array;
    if (wide) columns[i].numbers = array_view<double>(numbers[i], "numbers");
    else columns[i].numbers = array_view<float>(numbers[i], "numbers");
  }
  block.hits = HitBlock(std::move(incident_energies), columns);
  return block;
}

Napi::Value oddity_value(Napi::Env env, const Oddity& oddity) {
  auto result = Napi::Object::New(env);
  result.Set("count", Napi::Number::New(env, static_cast<double>(oddity.count)));
  result.Set("firstRow", Napi::Number::New(env, static_cast<double>(oddity.first_row)));
  result.Set("firstVoxel", Napi::Number::New(env, oddity.first_voxel));
  return result;
}

Napi::Value range_value(Napi::Env env, const Range& range) {
  auto result = Napi::Object::New(env);
  result.Set("smallest", Napi::Number::New(env, range.smallest));
  result.Set("largest", Napi::Number::New(env, range.largest));
  return result;
}

Napi::Object notes_value(Napi::Env env, const ContentNotes& notes, const HitBlock& hits) {
  auto result = Napi::Object::New(env);
  result.Set("rows", Napi::Number::New(env, static_cast<double>(hits.rows())));
  result.Set("width", Napi::Number::New(env, hits.voxels()));
  result.Set("bytes", Napi::Number::New(env, static_cast<double>(hits.bytes())));
  result.Set("nonFiniteVoxels", oddity_value(env, notes.non_finite_voxels));
  result.Set("negativeVoxels", oddity_value(env, notes.negative_voxels));
  result.Set("nonFiniteEnergies", oddity_value(env, notes.non_finite_energies));
  result.Set("badEnergies", oddity_value(env, notes.bad_energies));
  result.Set("emptyShowers", oddity_value(env, notes.empty_showers));
  result.Set("incidentEnergy", range_value(env, notes.incident_energy));
  result.Set("voxelEnergy", range_value(env, notes.voxel_energy));
  result.Set("ratios", new_array(env, notes.ratios));
  result.Set("layerHits", new_array(env, notes.layer_hits));
  return result;
}

/// publishHits(exchangeNumber or null, block, { zeroNonFinite, zeroNegative }, layerStarts) → notes
Napi::Value publish_hits(const Napi::CallbackInfo& info) {
  auto block = block_argument(info[1]);
  const auto choices = object_argument(info[2], "policy");
  const ContentPolicy policy{flag(choices, "zeroNonFinite"), flag(choices, "zeroNegative")};
  const auto layer_starts = array_copy<std::uint32_t>(info[3], "layerStarts");
  const auto notes = take_notes(block.hits, block.first_row, policy, layer_starts);
  auto result = notes_value(info.Env(), notes, block.hits);
  if (!info[0].IsNull()) {
    HitExchange::find(count_argument(info[0], "exchange"))->publish(block.first_row, std::move(block.hits));
  }
  return result;
}

}  // namespace

void add_reading_operations(Napi::Env env, Napi::Object exports) {
  add_operation<create_hit_exchange>(env, exports, "createHitExchange");
  add_operation<hit_exchange_number>(env, exports, "hitExchangeNumber");
  add_operation<consume_hits>(env, exports, "consumeHits");
  add_operation<publish_hits>(env, exports, "publishHits");
}

}  // namespace caloscope::addon
