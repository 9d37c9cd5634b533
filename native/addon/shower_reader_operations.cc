#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "addon/arguments.h"
#include "addon/content_notes_value.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "addon/reading_arguments.h"
#include "core/run/error.h"
#include "core/samples/content_notes.h"
#include "core/samples/hit_exchange.h"
#include "reading/shower_reader.h"

namespace caloscope::addon {
namespace {

/// A whole number, as counted in a Float64Array.
std::uint64_t whole_number(double number, const char* what) {
  constexpr double most = 9007199254740991.0;
  if (number >= 0 && number <= most && number == std::floor(number)) return static_cast<std::uint64_t>(number);
  throw Error(ErrorCode::argument, std::string("`") + what + "` must hold whole numbers");
}

std::vector<std::uint64_t> lengths_argument(const Napi::Value& value, const char* what) {
  std::vector<std::uint64_t> lengths;
  for (const double length : array_view<double>(value, what)) lengths.push_back(whole_number(length, what));
  return lengths;
}

std::vector<FilterStep> filters_argument(const Napi::Value& value) {
  const auto numbers = array_view<std::uint32_t>(value, "filters");
  std::vector<FilterStep> steps;
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
    if (numbers[i] < 1 || numbers[i] > 3) throw Error(ErrorCode::argument, "`filters` names one that is not undone here");
    steps.push_back({static_cast<ChunkFilter>(numbers[i]), numbers[i + 1]});
  }
  return steps;
}

/// Positions below 0 are those of chunks that were never written.
std::vector<StoredChunk> chunks_argument(const Napi::Object& record) {
  const auto positions = array_copy<double>(record.Get("positions"), "positions");
  const auto sizes = array_copy<double>(record.Get("sizes"), "sizes");
  const auto left_out = array_copy<std::uint32_t>(record.Get("filtersLeftOut"), "filtersLeftOut");
  if (sizes.size() != positions.size() || left_out.size() != positions.size()) {
    throw Error(ErrorCode::argument, "`positions`, `sizes` and `filtersLeftOut` must be of one length");
  }
  std::vector<StoredChunk> chunks(positions.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    chunks[i].missing = positions[i] < 0;
    if (chunks[i].missing) continue;
    chunks[i] = {whole_number(positions[i], "positions"), whole_number(sizes[i], "sizes"), left_out[i], false};
  }
  return chunks;
}

StoredNumbers numbers_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "datasets");
  StoredNumbers numbers;
  numbers.extent = lengths_argument(record.Get("extent"), "extent");
  numbers.chunk_shape = lengths_argument(record.Get("chunkShape"), "chunkShape");
  numbers.number_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(count(record, "numberBytes"), 16));
  numbers.filters = filters_argument(record.Get("filters"));
  numbers.chunks = chunks_argument(record);
  numbers.one_piece = flag(record, "onePiece");
  const auto fill = array_copy<std::uint8_t>(record.Get("fillValue"), "fillValue");
  if (fill.size() != numbers.number_bytes || fill.size() > numbers.fill.size()) {
    throw Error(ErrorCode::argument, "`fillValue` must be one number");
  }
  std::memcpy(numbers.fill.data(), fill.data(), fill.size());
  numbers.voxels = array_copy<std::uint32_t>(record.Get("voxels"), "voxels");
  return numbers;
}

/// openShowerReader(descriptor, { datasets, factor, wide, zerosDropped }, threads) → handle
Napi::Value open_shower_reader(const Napi::CallbackInfo& info) {
  const auto descriptor = count_argument(info[0], "descriptor");
  if (descriptor > std::numeric_limits<int>::max()) throw Error(ErrorCode::argument, "`descriptor` is none");
  const auto record = object_argument(info[1], "part");
  StoredShowerPart part;
  part.scale = {number(record, "factor"), flag(record, "wide")};
  part.zeros_dropped = flag(record, "zerosDropped");
  const auto list = list_argument(record.Get("datasets"), "datasets");
  for (std::uint32_t i = 0; i < list.Length(); ++i) part.datasets.push_back(numbers_argument(list.Get(i)));
  const auto threads = threads_argument(info[2]);
  auto reader = std::make_shared<ShowerReader>(static_cast<int>(descriptor), std::move(part), threads);
  return make_handle(info.Env(), HandleKind::shower_reader, std::move(reader), 0);
}

struct FoundBlock {
  ContentNotes notes;
  HitBlock hits;
};

/// readStoredShowers(reader, { firstRow, rowOfFile, blockRows, incidentEnergies }, exchange, publish, policy, layerStarts) → notes of each
/// block, null for one that is left to the reader in TypeScript
Napi::Value read_stored_showers(const Napi::CallbackInfo& info) {
  const auto reader = from_handle<ShowerReader>(info[0], HandleKind::shower_reader);
  const auto stretch = object_argument(info[1], "stretch");
  const auto first_row = count(stretch, "firstRow");
  const auto row_of_file = count(stretch, "rowOfFile");
  const auto block_rows = array_copy<std::uint32_t>(stretch.Get("blockRows"), "blockRows");
  const auto incident_energies = array_copy<double>(stretch.Get("incidentEnergies"), "incidentEnergies");
  const auto exchange_number = count_argument(info[2], "exchange");
  const bool publish = flag_argument(info[3], "publish");
  const auto policy = policy_argument(info[4]);
  const auto layer_starts = array_copy<std::uint32_t>(info[5], "layerStarts");

  std::vector<std::uint64_t> rows_of_file;
  for (std::uint64_t row = row_of_file; const auto count : block_rows) {
    rows_of_file.push_back(row);
    row += count;
  }
  std::vector<std::optional<FoundBlock>> found(block_rows.size());
  reader->read(
      first_row, block_rows, incident_energies, [&] { return HitExchange::is_open(exchange_number); },
      [&](std::size_t block, HitBlock hits) {
        auto notes = take_notes(hits, rows_of_file[block], policy, layer_starts);
        found[block] = FoundBlock{std::move(notes), std::move(hits)};
      });
  auto result = Napi::Array::New(info.Env(), found.size());
  for (std::uint32_t block = 0; block < found.size(); ++block) {
    if (found[block]) result.Set(block, notes_value(info.Env(), found[block]->notes, found[block]->hits, rows_of_file[block]));
    else result.Set(block, info.Env().Null());
  }
  if (publish) {
    const auto exchange = HitExchange::find(exchange_number);
    for (std::size_t block = 0; block < found.size(); ++block) {
      if (found[block]) exchange->publish(rows_of_file[block], {std::move(found[block]->hits), {}});
    }
  }
  return result;
}

}  // namespace

void add_shower_reader_operations(Napi::Env env, Napi::Object exports) {
  add_operation<open_shower_reader>(env, exports, "openShowerReader");
  add_operation<read_stored_showers>(env, exports, "readStoredShowers");
}

}  // namespace caloscope::addon
