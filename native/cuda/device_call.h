#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <string>

namespace caloscope::cuda {

/// Throws Error(device) when a call of the CUDA runtime failed, with what was being done.
void check(cudaError_t status, const char* doing);

/// Makes a device the current one of this thread until the end of the scope.
class UseDevice {
 public:
  explicit UseDevice(int device);
  ~UseDevice();
  UseDevice(const UseDevice&) = delete;
  UseDevice& operator=(const UseDevice&) = delete;

 private:
  int before_ = 0;
};

/// Work that a device does in order.
class Stream {
 public:
  Stream();
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  cudaStream_t get() const { return stream_; }
  /// Waits until all is done. Throws Error(device) for whatever failed on the device since.
  void wait() const;

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace caloscope::cuda
