#include <napi.h>

#include "addon/handles.h"
#include "addon/job.h"
#include "addon/operations.h"

namespace caloscope::addon {
namespace {

/// Raised whenever the surface in src/native/contract/ changes; the loader refuses another number.
constexpr int abi_version = 32;

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  prepare_jobs(env);
  exports.Set("abiVersion", Napi::Number::New(env, abi_version));
  add_operation<dispose>(env, exports, "dispose");
  add_operation<cancel_job>(env, exports, "cancelJob");
  add_calibration_operations(env, exports);
  add_device_operations(env, exports);
  add_ensemble_operations(env, exports);
  add_failure_operations(env, exports);
  add_file_operations(env, exports);
  add_histogram_operations(env, exports);
  add_jet_operations(env, exports);
  add_machine_operations(env, exports);
  add_names_operations(env, exports);
  add_reading_operations(env, exports);
  add_shower_operations(env, exports);
  add_shower_reader_operations(env, exports);
  add_simulation_operations(env, exports);
  add_statistics_operations(env, exports);
  add_training_operations(env, exports);
  return exports;
}

}  // namespace

/// A worker thread may be ended while it loads this: every call into JavaScript fails then, the one that would throw an error
/// too, and what left this function as a C++ exception would end the process.
napi_value initialise_or_throw(napi_env env, napi_value exports) {
  try {
    return initialise(env, Napi::Object(env, exports));
  } catch (...) {
    napi_throw_error(env, "ERR_INTERNAL", "the native core could not be initialised");
    return nullptr;
  }
}

NAPI_MODULE(caloscope, initialise_or_throw)

}  // namespace caloscope::addon
