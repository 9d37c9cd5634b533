#include <string>

#include "addon/operations.h"
#include "cuda/cuda_devices.h"

namespace caloscope::addon {
namespace {

/// cudaDevices() → { devices: [{ number, name, computeCapability, memoryBytes }], reason }
Napi::Value cuda_devices(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const CudaDevices found = find_cuda_devices();
  auto list = Napi::Array::New(env, found.list.size());
  for (std::uint32_t i = 0; i < found.list.size(); ++i) {
    const auto& device = found.list[i];
    auto record = Napi::Object::New(env);
    record.Set("number", Napi::Number::New(env, device.number));
    record.Set("name", Napi::String::New(env, device.name));
    record.Set("computeCapability",
               Napi::String::New(env, std::to_string(device.major) + "." + std::to_string(device.minor)));
    record.Set("memoryBytes", Napi::Number::New(env, static_cast<double>(device.memory)));
    list.Set(i, record);
  }
  auto result = Napi::Object::New(env);
  result.Set("devices", list);
  result.Set("reason", found.list.empty() ? Napi::Value(Napi::String::New(env, found.reason)) : env.Null());
  return result;
}

}  // namespace

void add_device_operations(Napi::Env env, Napi::Object exports) {
  add_operation<cuda_devices>(env, exports, "cudaDevices");
}

}  // namespace caloscope::addon
