#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <utility>

#include "cuda/device_call.h"

namespace caloscope::cuda {

/// Starts a kernel. Throws Error(device), with what the kernel does, when it cannot be started.
template <class... Parameters, class... Arguments>
void launch(const char* doing, void (*kernel)(Parameters...), dim3 blocks, dim3 threads, const Stream& stream,
            Arguments&&... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = blocks;
  config.blockDim = threads;
  config.stream = stream.get();
  check(cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...), doing);
}

constexpr unsigned threads_of_block = 256;

/// The element of this thread; the last ones of a launch are beyond the count.
__device__ inline std::size_t element_number() { return std::size_t{blockIdx.x} * threads_of_block + threadIdx.x; }

/// Starts a kernel that has one thread an element; there is at least one.
template <class... Parameters, class... Arguments>
void launch_elements(const char* doing, void (*kernel)(Parameters...), std::size_t count, const Stream& stream,
                     Arguments&&... arguments) {
  const auto blocks = static_cast<unsigned>((count + threads_of_block - 1) / threads_of_block);
  launch(doing, kernel, blocks, threads_of_block, stream, std::forward<Arguments>(arguments)...);
}

}  // namespace caloscope::cuda
