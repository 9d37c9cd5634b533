#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <utility>

#include "grid_run.h"

// In place of CUDA's own header: what caloscope uses of the runtime, on the host, so that its kernels run under the
// sanitizers where there is no GPU. Two devices. What is requested of a stream is done as late as it may be: when somebody
// waits for the stream. Memory that is not pinned is copied at once, as the real runtime does. Of races between streams,
// of real memory and of speed it says nothing.

#define __global__
#define __device__
#define __host__
#define __shared__ static
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(threads)
#define threadIdx (cuda_on_host::thread_index())
#define blockIdx (cuda_on_host::block_index())
#define __syncthreads() cuda_on_host::barrier()

#define CUDART_VERSION 13000

enum cudaError_t {
  cudaSuccess,
  cudaErrorInvalidValue,
  cudaErrorMemoryAllocation,
  cudaErrorInvalidConfiguration,
  cudaErrorInsufficientDriver,
  cudaErrorNoDevice,
  cudaErrorInvalidDevice,
  cudaErrorInvalidResourceHandle,
  cudaErrorUnknown
};
const char* cudaGetErrorString(cudaError_t status);
cudaError_t cudaGetLastError();

struct cudaDeviceProp {
  char name[256];
  int major, minor;
  std::size_t totalGlobalMem;
};
cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaGetDevice(int* device);
cudaError_t cudaSetDevice(int device);

cudaError_t cudaMalloc(void** memory, std::size_t bytes);
cudaError_t cudaMallocHost(void** memory, std::size_t bytes);
cudaError_t cudaFree(void* memory);
cudaError_t cudaFreeHost(void* memory);
cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total);

using cudaStream_t = struct StreamOnHost*;
inline const cudaStream_t cudaStreamLegacy = nullptr;
inline constexpr unsigned cudaStreamNonBlocking = 1;
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);

enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice };
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind);
cudaError_t cudaMemsetAsync(void* memory, int byte, std::size_t bytes, cudaStream_t stream);
cudaError_t cudaMemset(void* memory, int byte, std::size_t bytes);

struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  std::size_t dynamicSmemBytes;
  cudaStream_t stream;
};

namespace cuda_on_host {

/// What a stream does when its turn comes.
cudaError_t enqueue(cudaStream_t stream, std::function<void()> work);
/// cudaErrorInvalidConfiguration where a GPU would refuse.
cudaError_t check(const cudaLaunchConfig_t& config);

}  // namespace cuda_on_host

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  const cudaError_t status = cuda_on_host::check(*config);
  if (status != cudaSuccess) return status;
  return cuda_on_host::enqueue(config->stream, [blocks = config->gridDim, threads = config->blockDim, kernel,
                                                taken = std::tuple<Parameters...>(std::forward<Arguments>(arguments)...)] {
    cuda_on_host::run_grid(blocks, threads, [&] { std::apply(kernel, taken); });
  });
}

inline int atomicOr(int* number, int bits) { return __atomic_fetch_or(number, bits, __ATOMIC_RELAXED); }

inline unsigned long long atomicAdd(unsigned long long* number, unsigned long long more) {
  return __atomic_fetch_add(number, more, __ATOMIC_RELAXED);
}
