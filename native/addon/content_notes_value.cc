#include "addon/content_notes_value.h"

#include "addon/arguments.h"

namespace caloscope::addon {
namespace {

Napi::Value range_value(Napi::Env env, const Range& range) {
  auto result = Napi::Object::New(env);
  result.Set("smallest", Napi::Number::New(env, range.smallest));
  result.Set("largest", Napi::Number::New(env, range.largest));
  return result;
}

std::vector<double> dropped_in_file(const ContentNotes& notes, std::uint64_t first_row) {
  std::vector<double> rows;
  for (const auto row : notes.dropped.rows) rows.push_back(static_cast<double>(first_row + row));
  return rows;
}

}  // namespace

Napi::Value oddity_value(Napi::Env env, const Oddity& oddity) {
  auto result = Napi::Object::New(env);
  result.Set("count", Napi::Number::New(env, static_cast<double>(oddity.count)));
  result.Set("firstRow", Napi::Number::New(env, static_cast<double>(oddity.first_row)));
  result.Set("firstVoxel", Napi::Number::New(env, oddity.first_voxel));
  return result;
}

Napi::Object notes_value(Napi::Env env, const ContentNotes& notes, const HitBlock& hits,
                         std::uint64_t first_row) {
  auto result = Napi::Object::New(env);
  result.Set("rows", Napi::Number::New(env, static_cast<double>(hits.rows())));
  result.Set("width", Napi::Number::New(env, hits.voxels()));
  result.Set("bytes", Napi::Number::New(env, static_cast<double>(hits.bytes())));
  result.Set("droppedRows", new_array(env, dropped_in_file(notes, first_row)));
  result.Set("droppedNonFinite", Napi::Number::New(env, static_cast<double>(notes.dropped.non_finite)));
  result.Set("nonFiniteVoxels", oddity_value(env, notes.non_finite_voxels));
  result.Set("negativeVoxels", oddity_value(env, notes.negative_voxels));
  result.Set("nonFiniteEnergies", oddity_value(env, notes.non_finite_energies));
  result.Set("badEnergies", oddity_value(env, notes.bad_energies));
  result.Set("emptyShowers", oddity_value(env, notes.empty_showers));
  result.Set("excessDeposits", oddity_value(env, notes.excess_deposits));
  result.Set("incidentEnergy", range_value(env, notes.incident_energy));
  result.Set("voxelEnergy", range_value(env, notes.voxel_energy));
  result.Set("ratios", new_array(env, notes.ratios));
  result.Set("layerHits", new_array(env, notes.layer_hits));
  return result;
}

}  // namespace caloscope::addon
