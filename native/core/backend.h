#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/feature_table.h"
#include "core/histogram_fill.h"
#include "core/job_control.h"
#include "core/network.h"
#include "core/training.h"

namespace caloscope {

/// What does the heavy arithmetic. Results depend on the inputs alone, never on how many threads work.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Trains every task; the networks come back in the order of the tasks. Progress is counted in rows.
  /// Throws Error(training) when a loss is no longer finite.
  virtual std::vector<TrainedNetwork> train(std::span<const TrainingTask> tasks, const LabelledRows& rows,
                                            JobControl& control) = 0;

  /// Logits of the listed rows: `logits[n * rows.size() + i]` is what network n says of row rows[i].
  /// All networks must take the columns of the table (else Error(shape)).
  virtual std::vector<float> predict(std::span<const Network> networks, const FeatureTable& table,
                                     std::span<const std::uint32_t> rows, JobControl& control) = 0;

  /// Starts a fill; its plan comes from WeightedHistogram::fill_plan.
  virtual std::unique_ptr<HistogramFill> start_fill(HistogramFillPlan plan) = 0;
};

}  // namespace caloscope
