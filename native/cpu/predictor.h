#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/backend.h"
#include "cpu/scoring_pass.h"

namespace caloscope::cpu {

/// Networks with packed weights. Samples with few and with many lit voxels want them packed in different ways: packed is what
/// was wanted last.
class NetworkPredictor : public Predictor {
 public:
  /// Throws Error(classifier) or Error(non_finite) for an unsound network.
  NetworkPredictor(Networks networks, Precision precision);

  std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                             JobControl& control) const override;

 private:
  using Loaded = std::vector<LoadedNetwork>;

  std::shared_ptr<const Loaded> loaded_for(std::uint32_t dense_inputs) const;

  std::vector<std::shared_ptr<const Network>> networks_;
  Precision precision_;
  mutable std::mutex mutex_;
  mutable std::uint32_t dense_inputs_ = 0;  ///< those of `loaded_`
  mutable std::shared_ptr<const Loaded> loaded_;
};

}  // namespace caloscope::cpu
