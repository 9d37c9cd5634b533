#pragma once

#include <napi.h>

#include <functional>
#include <memory>

#include "core/backend.h"

namespace caloscope::addon {

/// Decodes { threads, cudaDevices }; the backend is made when it is requested, on the thread of the job.
/// Throws Error(argument); making it, Error(device).
std::function<std::unique_ptr<Backend>()> backend_argument(const Napi::Value& value);

}  // namespace caloscope::addon
