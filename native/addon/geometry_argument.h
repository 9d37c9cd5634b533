#pragma once

#include <napi.h>

#include "core/samples/geometry.h"

namespace caloscope::addon {

/// { definitions, firstVoxel, layerId, angular, eta, phi, radius } → Geometry, validated.
Geometry geometry_argument(const Napi::Value& value);

/// MeV; null for no threshold.
double threshold_argument(const Napi::Value& value);

}  // namespace caloscope::addon
