#include <atomic>
#include <string>

#include "core/run/error.h"
#include "cuda/device_call.h"
#include "cuda/trials.h"

namespace caloscope::cuda {

namespace {

/// Calls to go until one seems to fail; below 0: none does.
std::atomic<int> until_failure{-1};

bool fails_in_trial() { return until_failure >= 0 && until_failure.fetch_sub(1) == 0; }

}  // namespace

void try_calls(int number) { until_failure = number; }

void check(cudaError_t status, const char* doing) {
  if (status == cudaSuccess && fails_in_trial()) status = cudaErrorUnknown;
  if (status == cudaSuccess) return;
  cudaGetLastError();  // what is not sticky must not be met again by the next call
  throw Error(ErrorCode::device, std::string("the CUDA device failed (") + doing + "): " + cudaGetErrorString(status) +
                                     "; try again, or use the device cpu");
}

void use_device(int device) { check(cudaSetDevice(device), "choosing the device"); }

void use_device_to_free(int device) noexcept {
  // An error that is left behind would be taken for one of the next call.
  if (cudaSetDevice(device) != cudaSuccess) cudaGetLastError();
}

Stream::Stream() {
  cudaStream_t made = nullptr;
  const cudaError_t status = cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking);
  stream_.reset(made);
  check(status, "making a stream");
}

void Stream::End::operator()(cudaStream_t stream) const noexcept {
  cudaStreamSynchronize(stream);
  cudaStreamDestroy(stream);
}

void Stream::wait() const { check(cudaStreamSynchronize(get()), "waiting for the work"); }

}  // namespace caloscope::cuda
