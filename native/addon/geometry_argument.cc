#include "addon/geometry_argument.h"

#include <cmath>
#include <limits>

#include "addon/arguments.h"
#include "core/run/error.h"

namespace caloscope::addon {

Geometry geometry_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "geometry");
  Geometry geometry(name_argument<Geometry::Definitions>(record.Get("definitions"), "definitions"));
  geometry.transverse = name_argument<Geometry::Transverse>(record.Get("transverse"), "transverse");
  geometry.first_voxel = array_copy<std::uint32_t>(record.Get("firstVoxel"), "firstVoxel");
  geometry.layer_id = array_copy<std::uint32_t>(record.Get("layerId"), "layerId");
  geometry.angular = array_copy<std::uint8_t>(record.Get("angular"), "angular");
  geometry.length_unit = text(record, "lengthUnit");
  geometry.eta = array_copy<double>(record.Get("eta"), "eta");
  geometry.phi = array_copy<double>(record.Get("phi"), "phi");
  geometry.radius = array_copy<double>(record.Get("radius"), "radius");
  geometry.validate();
  return geometry;
}

double threshold_argument(const Napi::Value& value) {
  if (value.IsNull()) return -std::numeric_limits<double>::infinity();
  const double threshold = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!std::isfinite(threshold)) throw Error(ErrorCode::argument, "`threshold` must be a number of MeV or null");
  return threshold;
}

}  // namespace caloscope::addon
