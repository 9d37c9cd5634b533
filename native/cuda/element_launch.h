#pragma once

#include <cstddef>

// One thread an element: kernel<<<blocks_for(count), threads_of_block, 0, stream>>>.
namespace caloscope::cuda {

constexpr unsigned threads_of_block = 256;

inline unsigned blocks_for(std::size_t count) {
  return static_cast<unsigned>((count + threads_of_block - 1) / threads_of_block);
}

/// The element of this thread; the last ones of a launch are beyond the count.
__device__ inline std::size_t element_number() { return std::size_t{blockIdx.x} * threads_of_block + threadIdx.x; }

}  // namespace caloscope::cuda
