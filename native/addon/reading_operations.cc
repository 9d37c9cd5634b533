#include <limits>
#include <memory>
#include <utility>

#include "addon/arguments.h"
#include "addon/content_notes_value.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "addon/point_arguments.h"
#include "addon/reading_arguments.h"
#include "core/run/error.h"
#include "core/samples/binned_points.h"
#include "core/samples/content_notes.h"
#include "core/samples/hit_exchange.h"
#include "core/samples/shower_table.h"

namespace caloscope::addon {
namespace {

/// createHitExchange(how points become hits, or null) → handle
Napi::Value create_hit_exchange(const Napi::CallbackInfo& info) {
  auto points = info[0].IsNull() ? nullptr : std::make_unique<const PointTarget>(point_target_argument(info[0]));
  return make_handle(info.Env(), HandleKind::hit_exchange, HitExchange::create(std::move(points)), 0);
}

/// hitExchangeNumber(exchange) → number
Napi::Value hit_exchange_number(const Napi::CallbackInfo& info) {
  const auto exchange = from_handle<HitExchange>(info[0], HandleKind::hit_exchange);
  return Napi::Number::New(info.Env(), static_cast<double>(exchange->number()));
}

/// consumeHits(exchange, firstRow, table, spectrumTable or null, weights of the voxels or null): appends the block to the tables
Napi::Value consume_hits(const Napi::CallbackInfo& info) {
  const auto exchange = from_handle<HitExchange>(info[0], HandleKind::hit_exchange);
  const auto table = from_handle<ShowerTable>(info[2], HandleKind::shower_table);
  const auto spectrum = info[3].IsNull() ? nullptr : from_handle<ShowerTable>(info[3], HandleKind::shower_table);
  auto found = exchange->consume(count_argument(info[1], "firstRow"));
  if (!info[4].IsNull()) found.hits.weigh(array_view<double>(info[4], "weights"));
  table->append(std::move(found.hits));
  set_handle_bytes(info[2], HandleKind::shower_table, table->bytes());
  if (spectrum) {
    spectrum->append(std::move(found.spectrum));
    set_handle_bytes(info[3], HandleKind::shower_table, spectrum->bytes());
  }
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

/// publishHits(exchangeNumber or null, block, policy, layerStarts) → notes
Napi::Value publish_hits(const Napi::CallbackInfo& info) {
  auto block = block_argument(info[1]);
  const auto policy = policy_argument(info[2]);
  const auto layer_starts = array_copy<std::uint32_t>(info[3], "layerStarts");
  const auto notes = take_notes(block.hits, block.first_row, policy, layer_starts);
  auto result = notes_value(info.Env(), notes, block.hits, block.first_row);
  if (!info[0].IsNull()) {
    HitExchange::find(count_argument(info[0], "exchange"))->publish(block.first_row, {std::move(block.hits), {}});
  }
  return result;
}

/// publishPoints(exchangeNumber, whether to publish, block, policy, layerStarts) → notes and what is known
/// of the points
Napi::Value publish_points(const Napi::CallbackInfo& info) {
  const auto exchange = HitExchange::find(count_argument(info[0], "exchange"));
  const bool publish = flag_argument(info[1], "publish");
  const auto policy = policy_argument(info[3]);
  const auto layer_starts = array_copy<std::uint32_t>(info[4], "layerStarts");
  auto block = point_block_argument(info[2]);
  const auto& [binning, spectrum] = exchange->points();
  auto found = bin_points(std::move(block.showers), binning, spectrum, block.first_row, policy);
  const auto notes = take_notes(found.hits, block.first_row, policy, layer_starts, found.odd);
  found.remove_rows(notes.dropped.rows);
  auto result = notes_value(info.Env(), notes, found.hits, block.first_row);
  result.Set("points", points_value(info.Env(), found));
  if (publish) exchange->publish(block.first_row, {std::move(found.hits), std::move(found.spectrum)});
  return result;
}

}  // namespace

void add_reading_operations(Napi::Env env, Napi::Object exports) {
  add_operation<create_hit_exchange>(env, exports, "createHitExchange");
  add_operation<hit_exchange_number>(env, exports, "hitExchangeNumber");
  add_operation<consume_hits>(env, exports, "consumeHits");
  add_operation<publish_hits>(env, exports, "publishHits");
  add_operation<publish_points>(env, exports, "publishPoints");
}

}  // namespace caloscope::addon
