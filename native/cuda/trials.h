#pragma once

#include <cstddef>

// For tests: what a device does when things go wrong.
namespace caloscope::cuda {

/// Lets the allocation `number` from now on (0: the next) of device or pinned memory fail as if memory were used up; below
/// 0: none. Fresh device memory is filled with NaN meanwhile, so that what is not written is seen.
void try_allocations(int number);

/// Lets the call `number` of the CUDA runtime from now on (0: the next) seem to have failed; below 0: none.
void try_calls(int number);

/// Lets no more than `bytes` of device memory seem to be free; 0: what is.
void try_free_memory(std::size_t bytes);

}  // namespace caloscope::cuda
