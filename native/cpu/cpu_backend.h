#pragma once

#include "core/backend.h"

namespace caloscope {

/// The backend that always exists, and the one that others are checked against.
class CpuBackend : public Backend {
 public:
  /// `threads` ≥ 1.
  explicit CpuBackend(unsigned threads);

  std::vector<TrainedNetwork> train(std::span<const TrainingTask> tasks, const LabelledRows& rows,
                                    JobControl& control) override;
  std::vector<float> predict(std::span<const Network> networks, const FeatureTable& table,
                             std::span<const std::uint32_t> rows, JobControl& control) override;
  std::unique_ptr<HistogramFill> start_fill(HistogramFillPlan plan) override;

 private:
  unsigned threads_;
};

}  // namespace caloscope
