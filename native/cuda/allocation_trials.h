#pragma once

namespace caloscope::cuda {

/// For tests. Lets the allocation `number` from now on (0: the next) of device or pinned memory fail as if memory were
/// used up; below 0: none. Fresh device memory is filled with NaN meanwhile, so that what is not written is seen.
void try_allocations(int number);

}  // namespace caloscope::cuda
