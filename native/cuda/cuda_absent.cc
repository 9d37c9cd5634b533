// In place of the CUDA backend where this was built without nvcc.
#include "core/error.h"
#include "cuda/cuda_devices.h"
#include "cuda/cuda_predictor.h"

namespace caloscope {

CudaDevices find_cuda_devices() { return {{}, "this build is without CUDA: it was compiled where nvcc was not found"}; }

std::shared_ptr<const Predictor> load_on_cuda(std::span<const Network>, Precision, int) {
  throw Error(ErrorCode::device, "CUDA cannot be used: " + find_cuda_devices().reason);
}

}  // namespace caloscope
