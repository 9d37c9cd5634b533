#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace caloscope {

struct CudaDevice {
  int number;
  std::string name;
  int major, minor;       ///< compute capability
  std::uint64_t memory;   ///< bytes
};

struct CudaDevices {
  std::vector<CudaDevice> list;
  std::string reason;  ///< why there is none; empty where there are some
};

/// The devices that this build has code for, compute capability 8.0 and later, without starting any.
CudaDevices find_cuda_devices();

}  // namespace caloscope
