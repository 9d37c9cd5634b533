#pragma once

#include <napi.h>

#include <cstdint>

#include "core/samples/binned_points.h"
#include "core/samples/hit_exchange.h"

namespace caloscope::addon {

// Records of src/native/contract/reading.ts.

PointTarget point_target_argument(const Napi::Value& value);

struct PointBlockArgument {
  std::uint64_t first_row = 0;
  PointShowers showers;  ///< its columns are views: valid only until control returns to JavaScript
};

PointBlockArgument point_block_argument(const Napi::Value& value);

Napi::Object points_value(Napi::Env env, const BinnedPoints& found);

}  // namespace caloscope::addon
