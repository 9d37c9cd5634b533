#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/histograms/histogram_fill.h"
#include "core/learners/networks.h"
#include "core/networks/precision.h"
#include "core/run/job_control.h"
#include "core/samples/feature_table.h"
#include "core/statistics/score_key.h"
#include "core/training/checkpoint.h"
#include "core/training/training.h"
#include "core/training/training_data.h"
#include "core/weights/row_weight.h"
#include "core/weights/weighed_rows.h"

namespace caloscope {

/// Networks that are ready to score samples: their weights packed, or on a device. Does not change, so threads may share it.
class Predictor {
 public:
  virtual ~Predictor() = default;

  /// Logits of the listed rows: `logits[n * rows.size() + i]` is what network n says of row rows[i].
  /// Throws Error(shape) unless all networks take the columns of the table.
  virtual std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                                     JobControl& control) const = 0;
};

/// What does the heavy arithmetic. Results depend on the inputs alone, never on how many threads work.
class Backend {
 public:
  virtual ~Backend() = default;

  /// What the last digits of results depend on beside the inputs. Where it is the same, results have the same bits.
  virtual std::string arithmetic() const = 0;

  /// Where predictors are: `cpu`, or `cuda:` and the number of a device.
  virtual std::string device() const = 0;

  /// Trains every task; the networks come back in the order of the tasks. Progress is counted in rows.
  /// With `checkpoints` each network resumes from its own, if it has one, and saves one after every epoch; the networks
  /// end in the same bits as without.
  /// Throws Error(training) when a loss is no longer finite, and what `checkpoints` throw.
  virtual std::vector<TrainedNetwork> train(std::span<const TrainingTask> tasks, const TrainingData& data,
                                            JobControl& control, const Checkpoints* checkpoints = nullptr) = 0;

  /// Throws Error(classifier) or Error(non_finite) for an unsound network.
  virtual std::shared_ptr<const Predictor> load(Networks networks, Precision precision) = 0;

  /// Starts a fill; its plan comes from WeightedHistogram::fill_plan.
  virtual std::unique_ptr<HistogramFill> start_fill(HistogramFillPlan plan) = 0;

  /// Weighs every row; there are as many logits of each member.
  virtual WeighedRows weigh(LogitView logits, std::size_t members, const WeightRule& rule, const JobControl& control) = 0;

  /// Sorts by key from the smallest up; rows with equal keys keep their order. May be called from several threads.
  virtual void sort(std::vector<std::uint64_t>& keys, const JobControl& control) = 0;
  virtual void sort(std::vector<WeightedScore>& rows, const JobControl& control) = 0;

  /// Threads of the host that jobs may use.
  virtual unsigned threads() const = 0;
};

}  // namespace caloscope
