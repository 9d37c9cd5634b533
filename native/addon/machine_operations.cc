#include <thread>

#include "addon/operations.h"
#include "cpu/kernels/kernel_choice.h"
#include "reading/inflater.h"

namespace caloscope::addon {
namespace {

/// machine() → { logicalCores, kernelSet, kernelSetReason, inflate }
Napi::Value machine(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  result.Set("logicalCores", Napi::Number::New(info.Env(), std::thread::hardware_concurrency()));
  result.Set("kernelSet", Napi::String::New(info.Env(), kernel_choice().kernels->name));
  result.Set("kernelSetReason", Napi::String::New(info.Env(), kernel_choice().reason));
  result.Set("inflate", Napi::String::New(info.Env(), inflater_name()));
  return result;
}

}  // namespace

void add_machine_operations(Napi::Env env, Napi::Object exports) { add_operation<machine>(env, exports, "machine"); }

}  // namespace caloscope::addon
