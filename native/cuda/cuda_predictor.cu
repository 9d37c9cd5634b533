#include "core/run/worker_pool.h"
#include "core/training/network_fit.h"
#include "cuda/batched_prediction.h"
#include "cuda/cuda_predictor.h"

namespace caloscope::cuda {

CudaPredictor::CudaPredictor(std::span<const Network> networks, Precision precision, int device)
    : networks_(networks), precision_(precision), device_(device) {
  for (const auto& network : networks) network.validate();
  use_device(device);
  for (const auto& network : networks) loaded_.emplace_back(network);
}

std::vector<float> CudaPredictor::predict(const FeatureTable& table, std::span<const std::uint32_t> rows,
                                          unsigned threads, JobControl& control) const {
  require_fit(networks_, table);
  use_device(device_);
  WorkerPool pool(threads);
  return judge(loaded_, precision_, table, rows, pool, [&](std::size_t done) {
    control.check();
    control.report({static_cast<double>(done), static_cast<double>(rows.size()), "predicting"});
  });
}

}  // namespace caloscope::cuda
