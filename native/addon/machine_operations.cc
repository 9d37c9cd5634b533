#include <thread>

#include "addon/operations.h"
#include "cpu/kernel_set.h"

namespace caloscope::addon {
namespace {

/// machine() → { logicalCores, kernelSet }
Napi::Value machine(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  result.Set("logicalCores", Napi::Number::New(info.Env(), std::thread::hardware_concurrency()));
  result.Set("kernelSet", Napi::String::New(info.Env(), kernel_set().name));
  return result;
}

}  // namespace

void add_machine_operations(Napi::Env env, Napi::Object exports) { add_operation<machine>(env, exports, "machine"); }

}  // namespace caloscope::addon
