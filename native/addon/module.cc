#include <napi.h>

#include "addon/handles.h"
#include "addon/job.h"
#include "addon/operations.h"

namespace caloscope::addon {
namespace {

/// Raised whenever the surface in src/native/contract/ changes; the loader refuses another number.
constexpr int abi_version = 20;

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  prepare_jobs(env);
  exports.Set("abiVersion", Napi::Number::New(env, abi_version));
  add_operation<dispose>(env, exports, "dispose");
  add_operation<cancel_job>(env, exports, "cancelJob");
  add_calibration_operations(env, exports);
  add_device_operations(env, exports);
  add_ensemble_operations(env, exports);
  add_failure_operations(env, exports);
  add_histogram_operations(env, exports);
  add_machine_operations(env, exports);
  add_names_operations(env, exports);
  add_reading_operations(env, exports);
  add_shower_operations(env, exports);
  add_simulation_operations(env, exports);
  add_statistics_operations(env, exports);
  add_training_operations(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(caloscope, initialise)

}  // namespace caloscope::addon
