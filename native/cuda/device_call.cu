#include "core/error.h"
#include "cuda/device_call.h"

namespace caloscope::cuda {

void check(cudaError_t status, const char* doing) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // what is not sticky must not be met again by the next call
  throw Error(ErrorCode::device, std::string("the CUDA device failed (") + doing + "): " + cudaGetErrorString(status) +
                                     "; try again, or use the device cpu");
}

UseDevice::UseDevice(int device) {
  check(cudaGetDevice(&before_), "asking for the current device");
  check(cudaSetDevice(device), "choosing the device");
}

UseDevice::~UseDevice() { cudaSetDevice(before_); }

Stream::Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream"); }

Stream::~Stream() {
  // Memory that work still uses is freed after this.
  cudaStreamSynchronize(stream_);
  cudaStreamDestroy(stream_);
}

void Stream::wait() const { check(cudaStreamSynchronize(stream_), "waiting for the work"); }

}  // namespace caloscope::cuda
