// In place of the CUDA backend where this was built without it.
#include "core/run/error.h"
#include "cuda/cuda_backend.h"
#include "cuda/cuda_devices.h"
#include "cuda/trials.h"

namespace caloscope {

CudaDevices find_cuda_devices() { return {{}, "this build is without CUDA: " CALOSCOPE_WHY_NO_CUDA}; }

std::unique_ptr<Backend> make_cuda_backend(const std::vector<int>&, unsigned) {
  throw Error(ErrorCode::device, "CUDA cannot be used: " + find_cuda_devices().reason);
}

namespace cuda {

void try_allocations(int) {}
void try_calls(int) {}
void try_free_memory(std::size_t) {}

}  // namespace cuda
}  // namespace caloscope
