#pragma once

#include <memory>
#include <vector>

#include "core/backend.h"
#include "cuda/scoring_pass.h"

namespace caloscope::cuda {

/// Networks whose parameters lie on a device. Rows are scored in batches that fit its memory: one is read and copied while
/// the device works on another.
class NetworkPredictor : public Predictor {
 public:
  /// Throws Error(classifier) or Error(non_finite) for an unsound network.
  NetworkPredictor(Networks networks, Precision precision, int device);

  ~NetworkPredictor() override { use_device_to_free(device_); }
  NetworkPredictor(const NetworkPredictor&) = delete;
  NetworkPredictor& operator=(const NetworkPredictor&) = delete;

  std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                             JobControl& control) const override;

 private:
  struct Lane;

  std::size_t rows_of_batch(const FeatureTable& table) const;
  void start(Lane& lane, const FeatureTable& table, std::span<const std::uint32_t> rows, WorkerPool& pool) const;

  std::vector<std::shared_ptr<const Network>> networks_;
  Precision precision_;
  int device_;
  std::vector<LoadedNetwork> loaded_;
};

}  // namespace caloscope::cuda
