#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/training/checkpoint.h"
#include "core/training/objective.h"
#include "core/training/training.h"
#include "core/training/training_data.h"

namespace caloscope {

/// Where in a training a step stands: dropout is a function of it.
struct StepPlace {
  std::uint32_t epoch;
  std::uint64_t first_row;  ///< place of the first row of the batch in the order of the epoch
};

/// A network that is being trained: its parameters, AdamW's moments, and the arithmetic of one step on a batch of the
/// objective, as a backend does it. What follows on what (epochs, rates, stopping) is decided outside.
class NetworkInTraining {
 public:
  virtual ~NetworkInTraining() = default;

  /// The training rows in the order of an epoch, which stay as they are until the next one begins.
  virtual void begin_epoch(std::span<const std::uint32_t> order) = 0;
  /// One AdamW step on the `count` rows from a place on. Throws Error(cancelled) in the middle of it.
  virtual void step(const StepPlace& place, std::size_t count, double learning_rate) = 0;
  /// The losses before each step, summed over the rows since the last call.
  virtual double take_loss() = 0;

  virtual const Network& network() = 0;
  /// One entry a tensor of the blocks.
  virtual const std::vector<AdamMoments>& moments() = 0;
  /// Other parameters; the moments stay.
  virtual void replace_network(const Network& network) = 0;
  /// Resumes from where another network of the same task stood after `steps` steps.
  virtual void restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) = 0;

  /// Outputs for some rows of the data, in float32 and without dropout.
  virtual std::vector<float> logits(std::span<const std::uint32_t> rows) = 0;
};

/// Trains one network: AdamW on the objective, early stopping on the validation rows.
/// `start` makes the initial network of the task. `visited(rows)` is called as training rows are worked off (for progress);
/// those of epochs that need not be done, and were done before a checkpoint, are among them. `checkpoints` as for
/// Backend::train.
TrainedNetwork train_network(const TrainingTask& task, const TrainingData& data, JobControl& control,
                             const std::function<std::unique_ptr<NetworkInTraining>()>& start,
                             const std::function<void(std::uint64_t rows)>& visited, const Checkpoints* checkpoints);

/// The network that a training of the task starts from, standardised to its training rows.
Network untrained_network(const TrainingTask& task, const TrainingData& data, JobControl& control);

/// The AdamW step number `step`, counted from 1.
AdamStep adam_step(const TrainingSettings& settings, double learning_rate, std::uint64_t step);

/// What is dropped of the outputs of block number `block` in a row of the batch, one place a column.
DropoutDraw dropout_draw(const TrainingTask& task, const StepPlace& place, std::size_t block, std::uint32_t width,
                         std::uint64_t row);

}  // namespace caloscope
