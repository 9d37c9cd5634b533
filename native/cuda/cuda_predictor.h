#pragma once

#include <span>
#include <vector>

#include "core/backend.h"
#include "cuda/network_on_device.h"

namespace caloscope::cuda {

/// Networks whose weights lie on a device.
class CudaPredictor : public Predictor {
 public:
  /// Throws Error(classifier) or Error(non_finite) for an unsound network.
  CudaPredictor(std::span<const Network> networks, Precision precision, int device);

  ~CudaPredictor() override { use_device_to_free(device_); }
  CudaPredictor(const CudaPredictor&) = delete;
  CudaPredictor& operator=(const CudaPredictor&) = delete;

  std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                             JobControl& control) const override;

 private:
  std::span<const Network> networks_;
  Precision precision_;
  int device_;
  std::vector<NetworkOnDevice> loaded_;
};

}  // namespace caloscope::cuda
