#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/backend.h"
#include "cpu/forward_pass.h"

namespace caloscope {

/// Networks with packed weights. Samples with few and with many lit voxels want them packed in different ways: each way
/// is packed when the first such sample comes, and kept.
class CpuPredictor : public Predictor {
 public:
  /// Throws Error(classifier) or Error(non_finite) for an unsound network.
  CpuPredictor(std::span<const Network> networks, Precision precision);

  std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                             JobControl& control) const override;

 private:
  using Packed = std::vector<PackedNetwork>;

  std::shared_ptr<const Packed> packed_for(std::uint32_t dense_inputs) const;

  std::span<const Network> networks_;
  Precision precision_;
  mutable std::mutex mutex_;
  mutable std::uint32_t dense_inputs_ = 0;  ///< those of `packed_`
  mutable std::shared_ptr<const Packed> packed_;
};

}  // namespace caloscope
