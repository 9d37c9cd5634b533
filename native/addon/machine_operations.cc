#include <thread>

#include "addon/operations.h"

namespace caloscope::addon {
namespace {

/// machine() → { logicalCores }
Napi::Value machine(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  result.Set("logicalCores", Napi::Number::New(info.Env(), std::thread::hardware_concurrency()));
  return result;
}

}  // namespace

void add_machine_operations(Napi::Env env, Napi::Object exports) { add_operation<machine>(env, exports, "machine"); }

}  // namespace caloscope::addon
