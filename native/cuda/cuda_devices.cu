#include <cuda_runtime.h>

#include "cuda/cuda_devices.h"

namespace caloscope {
namespace {

/// Of the compute capability; CMAKE_CUDA_ARCHITECTURES begins with it.
constexpr int least_major = 8;

std::string version_text(int version) { return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10); }

std::string reason_of(cudaError_t status) {
  if (status == cudaErrorInsufficientDriver) {
    int driver = 0;
    cudaDriverGetVersion(&driver);
    if (driver == 0) return "no NVIDIA driver on this machine";
    return "the NVIDIA driver is for CUDA " + version_text(driver) + ", and this build needs one for CUDA " +
           version_text(CUDART_VERSION) + ": update the driver";
  }
  if (status == cudaErrorNoDevice) return "the NVIDIA driver finds no device (CUDA_VISIBLE_DEVICES may hide it)";
  return std::string("the NVIDIA driver does not answer: ") + cudaGetErrorString(status);
}

}  // namespace

CudaDevices find_cuda_devices() {
  int count = 0;
  cudaError_t status = cudaGetDeviceCount(&count);
  CudaDevices found;
  std::string too_old;
  for (int number = 0; status == cudaSuccess && number < count; ++number) {
    cudaDeviceProp properties;
    status = cudaGetDeviceProperties(&properties, number);
    if (status != cudaSuccess) break;
    if (properties.major < least_major) {
      too_old = std::string(properties.name) + " is too old: caloscope needs compute capability " +
                std::to_string(least_major) + ".0 or later";
    } else {
      found.list.push_back({number, properties.name, properties.major, properties.minor, properties.totalGlobalMem});
    }
  }
  if (status != cudaSuccess) {
    cudaGetLastError();
    return {{}, reason_of(status)};
  }
  if (found.list.empty()) found.reason = too_old.empty() ? reason_of(cudaErrorNoDevice) : too_old;
  return found;
}

}  // namespace caloscope
