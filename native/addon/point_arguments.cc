#include "addon/point_arguments.h"

#include <cmath>
#include <utility>

#include "addon/arguments.h"
#include "addon/content_notes_value.h"
#include "core/run/error.h"

namespace caloscope::addon {
namespace {

BinEdges edges_argument(const Napi::Value& value, const char* what) { return BinEdges(array_copy<double>(value, what)); }

std::vector<PlaneGrid> grids_argument(const Napi::Value& value) {
  const auto list = list_argument(value, "grids");
  std::vector<PlaneGrid> grids(list.Length());
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const auto grid = object_argument(list.Get(i), "grids");
    grids[i] = {edges_argument(grid.Get("x"), "x"), edges_argument(grid.Get("y"), "y")};
  }
  return grids;
}

std::vector<PlaneCells> cells_argument(const Napi::Value& value) {
  const auto list = list_argument(value, "cells");
  std::vector<PlaneCells> layers(list.Length());
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const auto layer = object_argument(list.Get(i), "cells");
    layers[i] = {array_copy<double>(layer.Get("x"), "x"), array_copy<double>(layer.Get("y"), "y"),
                 array_copy<double>(layer.Get("size"), "size")};
  }
  return layers;
}

PointBinning binning_argument(const Napi::Object& record) {
  if (!record.Get("z").IsNull()) return {edges_argument(record.Get("z"), "z"), grids_argument(record.Get("grids"))};
  auto layers = array_copy<std::uint32_t>(record.Get("layerNumbers"), "layerNumbers");
  if (record.Get("cells").IsNull()) return {std::move(layers), grids_argument(record.Get("grids"))};
  return {std::move(layers), cells_argument(record.Get("cells"))};
}

/// The record of a column, and its array: no getter may run between the first view of one and the last.
struct ColumnArgument {
  PointColumn column;
  Napi::Value numbers;

  void view() {
    if (is_float32(numbers)) column.numbers = array_view<float>(numbers, "numbers");
    else column.numbers = array_view<double>(numbers, "numbers");
  }
};

ColumnArgument column_argument(const Napi::Value& value, const char* what) {
  const auto record = object_argument(value, what);
  ColumnArgument argument;
  argument.column.at = count(record, "at");
  argument.column.stride = count(record, "stride");
  argument.column.shower_stride = count(record, "showerStride");
  argument.numbers = record.Get("numbers");
  return argument;
}

std::optional<ColumnArgument> optional_column(const Napi::Value& value, const char* what) {
  if (value.IsNull()) return std::nullopt;
  return column_argument(value, what);
}

std::vector<std::uint64_t> whole_numbers(const Napi::Value& value, const char* what) {
  std::vector<std::uint64_t> whole;
  for (const double number : array_view<double>(value, what)) {
    if (!(number >= 0 && number <= 9007199254740992.0 && std::floor(number) == number)) {
      throw Error(ErrorCode::argument, std::string("`") + what + "` must be whole numbers");
    }
    whole.push_back(static_cast<std::uint64_t>(number));
  }
  return whole;
}

}  // namespace

PointTarget point_target_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "points");
  return {binning_argument(record), edges_argument(record.Get("spectrum"), "spectrum")};
}

PointBlockArgument point_block_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "block");
  PointBlockArgument block;
  block.first_row = count(record, "firstRow");
  PointShowers& showers = block.showers;
  showers.incident_energies = array_copy<double>(record.Get("incidentEnergies"), "incidentEnergies");
  showers.first = whole_numbers(record.Get("first"), "first");
  showers.count = whole_numbers(record.Get("count"), "count");
  showers.energy_factor = number(record, "energyFactor");
  showers.length_factor = number(record, "lengthFactor");
  auto x = column_argument(record.Get("x"), "x");
  auto y = column_argument(record.Get("y"), "y");
  auto energy = column_argument(record.Get("energy"), "energy");
  auto layer = optional_column(record.Get("layer"), "layer");
  auto z = optional_column(record.Get("z"), "z");
  auto mask = optional_column(record.Get("mask"), "mask");
  for (auto* column : {&x, &y, &energy}) column->view();
  for (auto* column : {&layer, &z, &mask}) {
    if (*column) (*column)->view();
  }
  showers.x = x.column;
  showers.y = y.column;
  showers.energy = energy.column;
  if (layer) showers.layer = layer->column;
  if (z) showers.z = z->column;
  if (mask) showers.mask = mask->column;
  return block;
}

Napi::Object points_value(Napi::Env env, const BinnedPoints& found) {
  const auto& observables = found.observables;
  const auto& notes = found.notes;
  auto result = Napi::Object::New(env);
  result.Set("count", Napi::Number::New(env, static_cast<double>(notes.points)));
  result.Set("energy", Napi::Number::New(env, notes.energy));
  result.Set("outside", oddity_value(env, notes.outside));
  result.Set("outsideEnergy", Napi::Number::New(env, notes.outside_energy));
  result.Set("firstOutside", new_array(env, std::span<const double>(notes.first_outside)));
  result.Set("nonFiniteCoordinates", oddity_value(env, notes.non_finite_coordinates));
  result.Set("nonFiniteEnergies", oddity_value(env, notes.non_finite_energies));
  result.Set("negativeEnergies", oddity_value(env, notes.negative_energies));
  auto values = Napi::Array::New(env, 4);
  values.Set(0U, new_array(env, observables.points));
  for (std::uint32_t axis = 0; axis < 3; ++axis) values.Set(axis + 1, new_array(env, observables.center[axis]));
  result.Set("observables", values);
  return result;
}

}  // namespace caloscope::addon
