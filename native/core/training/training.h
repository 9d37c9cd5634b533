#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "core/training/training_step.h"

namespace caloscope {

/// How the learning rate runs after a linear warm-up over the first epoch. `plateau`: after an epoch that made no
/// progress in validation loss training goes back to the best parameters, with 0.3 times the rate.
enum class Schedule { plateau, cosine, constant };

constexpr std::string_view name_of(Schedule schedule) {
  switch (schedule) {
    case Schedule::plateau: return "plateau";
    case Schedule::cosine: return "cosine";
    case Schedule::constant: return "constant";
  }
  return {};
}

/// AdamW on the objective.
struct TrainingSettings {
  std::uint32_t epochs = 20;
  std::uint32_t batch_size = 512;
  double learning_rate = 5e-4;
  double weight_decay = 1e-2;  ///< decoupled; weights only, not biases
  double beta1 = 0.9;
  double beta2 = 0.99;
  double epsilon = 1e-8;
  double dropout = 0;  ///< share of hidden values set to zero in training
  Schedule schedule = Schedule::plateau;
  Precision precision = Precision::float32;  ///< of the products, also of those that score held-out rows
  std::uint32_t patience = 3;  ///< epochs in a row with less than 1e-4 nats of progress, after which training stops

  /// Throws Error(argument) that names the setting.
  void validate() const;
};

struct EpochRecord {
  double training_loss = 0;    ///< nats, mean over the epoch while it trains (dropout on)
  double validation_loss = 0;  ///< nats, after the epoch
  double learning_rate = 0;    ///< of the last step
};

struct TrainingRecord {
  std::uint64_t training_rows = 0;
  std::uint64_t validation_rows = 0;
  std::vector<EpochRecord> epochs;
  std::uint32_t best_epoch = 0;  ///< whose parameters were kept
  bool stopped_early = false;
};

/// The rows that one member of an ensemble is fitted to. All randomness comes from (seed, number).
struct MemberTask {
  std::uint64_t seed = 0;
  std::uint32_t number = 0;
  std::vector<std::uint32_t> training_rows;  ///< in the numbering of the training data
  std::vector<std::uint32_t> validation_rows;
  /// Whether the validation rows were drawn from those that may be trained with, so that others may take their place.
  bool validation_drawn = true;
};

/// One network to train.
struct TrainingTask : MemberTask {
  NetworkShape shape;
  TrainingSettings settings;
};

/// AdamW's running means of one tensor: of the gradient and of its square.
struct AdamMoments {
  std::vector<float> mean, square;
};

/// The moments before the first step, one entry a tensor of the blocks.
std::vector<AdamMoments> first_moments(const Network& network);

struct TrainedNetwork {
  Network network;
  TrainingRecord record;
};

/// Random streams of a training; the number of the network and the epoch tell them apart.
enum class TrainingStream : std::uint64_t {
  folds = 1,
  split = 2,
  parameters = 3,
  shuffle = 4,
  dropout = 5,
  permutation = 8,  ///< 6 and 7: BoostingStream
};

constexpr std::uint64_t stream_number(TrainingStream use, std::uint32_t network, std::uint32_t epoch = 0) {
  return (static_cast<std::uint64_t>(use) << 56) | (std::uint64_t{network} << 24) | epoch;
}

}  // namespace caloscope
