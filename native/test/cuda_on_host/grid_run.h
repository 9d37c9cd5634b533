#pragma once

#include <functional>

/// In place of CUDA's.
struct dim3 {
  constexpr dim3(unsigned of_x = 1, unsigned of_y = 1, unsigned of_z = 1) : x(of_x), y(of_y), z(of_z) {}
  unsigned x, y, z;
};

namespace cuda_on_host {

/// Calls `thread` once for each thread of each block. Threads of a block take turns, which end at barriers alone; to
/// ThreadSanitizer they run side by side. Blocks run one after another: a race between two of them is not seen.
/// One grid at a time.
void run_grid(dim3 blocks, dim3 threads, const std::function<void()>& thread);

/// Of the thread that runs.
dim3 thread_index();
dim3 block_index();

/// __syncthreads(). Ends the process when threads of a block wait at different barriers.
void barrier();

}  // namespace cuda_on_host
