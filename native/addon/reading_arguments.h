#pragma once

#include <napi.h>

#include "core/samples/content_notes.h"

namespace caloscope::addon {

/// OddRowsPolicy of src/native/contract/reading.ts.
ContentPolicy policy_argument(const Napi::Value& value);

}  // namespace caloscope::addon
