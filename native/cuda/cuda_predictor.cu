#include "core/error.h"
#include "core/network_fit.h"
#include "core/worker_pool.h"
#include "cuda/cuda_devices.h"
#include "cuda/cuda_predictor.h"
#include "cuda/batched_prediction.h"

namespace caloscope {
namespace cuda {
namespace {

class CudaPredictor : public Predictor {
 public:
  CudaPredictor(std::span<const Network> networks, Precision precision, int device)
      : networks_(networks), precision_(precision), device_(device) {
    for (const auto& network : networks) network.validate();
    const UseDevice use(device);
    for (const auto& network : networks) loaded_.emplace_back(network);
  }

  std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                             JobControl& control) const override {
    require_fit(networks_, table);
    const UseDevice use(device_);
    const auto done = [&](std::size_t so_far) {
      control.check();
      control.report({static_cast<double>(so_far), static_cast<double>(rows.size()), "predicting"});
    };
    WorkerPool pool(threads);
    return judge(loaded_, precision_, table, rows, pool, done);
  }

 private:
  std::span<const Network> networks_;
  Precision precision_;
  int device_;
  std::vector<NetworkOnDevice> loaded_;
};

}  // namespace
}  // namespace cuda

std::shared_ptr<const Predictor> load_on_cuda(std::span<const Network> networks, Precision precision, int device) {
  const CudaDevices devices = find_cuda_devices();
  if (devices.list.empty()) throw Error(ErrorCode::device, "CUDA cannot be used: " + devices.reason);
  if (device < 0 || static_cast<std::size_t>(device) >= devices.list.size()) {
    throw Error(ErrorCode::device, "there is no CUDA device " + std::to_string(device) + ": they are numbered from 0 to " +
                                       std::to_string(devices.list.size() - 1));
  }
  return std::make_shared<cuda::CudaPredictor>(networks, precision, device);
}

}  // namespace caloscope
