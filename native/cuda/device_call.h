#pragma once

#include <cuda_runtime.h>

#include <memory>
#include <type_traits>

namespace caloscope::cuda {

/// Throws Error(device) when a call of the CUDA runtime failed, with what was being done.
void check(cudaError_t status, const char* doing);

/// Makes a device the current one of this thread. It stays so: going back would start up a device that is not listed.
void use_device(int device);
/// The same in a destructor, before memory of the device is freed.
void use_device_to_free(int device) noexcept;

/// Work that a device does in order.
class Stream {
 public:
  Stream();

  cudaStream_t get() const { return stream_.get(); }
  /// Waits until all is done. Throws Error(device) for whatever failed on the device since.
  void wait() const;

 private:
  /// Memory that work still uses is freed after this.
  struct End {
    void operator()(cudaStream_t stream) const noexcept;
  };
  std::unique_ptr<std::remove_pointer_t<cudaStream_t>, End> stream_;
};

}  // namespace caloscope::cuda
