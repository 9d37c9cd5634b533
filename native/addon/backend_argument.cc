#include "addon/backend_argument.h"

#include <vector>

#include "addon/arguments.h"
#include "cpu/cpu_backend.h"
#include "cuda/cuda_backend.h"

namespace caloscope::addon {

std::function<std::unique_ptr<Backend>()> backend_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "computer");
  const unsigned threads = threads_argument(record.Get("threads"));
  std::vector<int> devices;
  for (const std::uint32_t number : array_view<std::uint32_t>(record.Get("cudaDevices"), "cudaDevices")) {
    devices.push_back(static_cast<int>(number));
  }
  return [threads, devices]() -> std::unique_ptr<Backend> {
    if (devices.empty()) return std::make_unique<CpuBackend>(threads);
    return make_cuda_backend(devices, threads);
  };
}

}  // namespace caloscope::addon
