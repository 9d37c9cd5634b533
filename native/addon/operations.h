#pragma once

#include <napi.h>

#include "addon/job.h"

namespace caloscope::addon {

// One function a file *_operations.cc: adds the operations of one subject to the module's exports. Every operation is
// declared with its types in src/native/contract/.
void add_calibration_operations(Napi::Env env, Napi::Object exports);
void add_device_operations(Napi::Env env, Napi::Object exports);
void add_ensemble_operations(Napi::Env env, Napi::Object exports);
void add_failure_operations(Napi::Env env, Napi::Object exports);
void add_file_operations(Napi::Env env, Napi::Object exports);
void add_histogram_operations(Napi::Env env, Napi::Object exports);
void add_jet_operations(Napi::Env env, Napi::Object exports);
void add_machine_operations(Napi::Env env, Napi::Object exports);
void add_names_operations(Napi::Env env, Napi::Object exports);
void add_reading_operations(Napi::Env env, Napi::Object exports);
void add_shower_operations(Napi::Env env, Napi::Object exports);
void add_shower_reader_operations(Napi::Env env, Napi::Object exports);
void add_simulation_operations(Napi::Env env, Napi::Object exports);
void add_statistics_operations(Napi::Env env, Napi::Object exports);
void add_training_operations(Napi::Env env, Napi::Object exports);

/// Exports `function` as `name`; what it throws becomes a JavaScript error with a code.
template <Napi::Value (*function)(const Napi::CallbackInfo&)>
void add_operation(Napi::Env env, Napi::Object exports, const char* name) {
  const auto guarded = [](const Napi::CallbackInfo& info) -> Napi::Value {
    try {
      return function(info);
    } catch (const Napi::Error&) {
      throw;
    } catch (...) {
      throw current_exception_as_error(info.Env());
    }
  };
  exports.Set(name, Napi::Function::New(env, guarded, name));
}

}  // namespace caloscope::addon
