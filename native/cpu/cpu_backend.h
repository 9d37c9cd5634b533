#pragma once

#include "core/backend.h"

namespace caloscope {

/// The backend that always exists, and the one that others are checked against.
class CpuBackend : public Backend {
 public:
  /// `threads` ≥ 1.
  explicit CpuBackend(unsigned threads);

  std::string arithmetic() const override;
  std::string device() const override { return "cpu"; }
  std::vector<TrainedNetwork> train(std::span<const TrainingTask> tasks, const TrainingData& data, JobControl& control,
                                    const Checkpoints* checkpoints = nullptr) override;
  std::shared_ptr<const Predictor> load(Networks networks, Precision precision) override;
  std::unique_ptr<HistogramFill> start_fill(HistogramFillPlan plan) override;
  WeighedRows weigh(LogitView logits, std::size_t members, const WeightRule& rule, const JobControl& control) override;
  void sort(std::vector<std::uint64_t>& keys, const JobControl& control) override;
  void sort(std::vector<WeightedScore>& rows, const JobControl& control) override;
  unsigned threads() const override { return threads_; }

 private:
  unsigned threads_;
};

}  // namespace caloscope
