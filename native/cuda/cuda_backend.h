#pragma once

#include <memory>
#include <vector>

#include "core/backend.h"

namespace caloscope {

/// The backend for NVIDIA devices. Trainings are spread over all that are listed, other work is done on the first. Rows
/// are read by `threads` threads of the host. Results do not depend on how many devices there are, nor change from run
/// to run; their last digits are not those of the CPU.
/// Throws Error(device): there is no such device, none at all (with the reason), or they are not of one compute
/// capability.
std::unique_ptr<Backend> make_cuda_backend(const std::vector<int>& devices, unsigned threads);

}  // namespace caloscope
