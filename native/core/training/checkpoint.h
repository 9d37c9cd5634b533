#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/training/checkpoint_store.h"
#include "core/training/training.h"
#include "core/training/training_course.h"
#include "core/training/training_identity.h"

namespace caloscope {

/// A network between two epochs: all that the epochs to come depend on, as all randomness follows from seed, number and
/// epoch. In the layout of the core, so that it does not matter what backend wrote it.
struct TrainingState {
  TrainingCourse course;
  Network best;
  Network network;                   ///< no blocks when the course is over
  std::vector<AdamMoments> moments;  ///< one a tensor of the blocks; none when the course is over
};

/// The checkpoints of the networks of one training. Each carries the identity of what it is of, and is taken for no
/// other; what is damaged is told from what is whole by a checksum.
///
/// The content of a checkpoint, see checkpoint_frame.h: uint32 number of epochs, then training loss, validation loss and
/// learning rate of each (float64); the best network (float32: centre, scale, clip, then the tensors of the blocks); unless the
/// course is over, the network, if it is not the best one, and the moments (mean and square of each tensor of the blocks).
class Checkpoints {
 public:
  /// `training` and `samples` are what is the same for all its networks. What differs first is what a user is told.
  Checkpoints(CheckpointStore& store, TrainingIdentity training, TrainingIdentity samples)
      : store_(store), training_(std::move(training)), samples_(std::move(samples)) {}

  /// Where the training of a network stood; nothing when there is no checkpoint of it. The task must outlive the state.
  /// Throws Error(checkpoint) for one that is damaged or of another training.
  std::optional<TrainingState> load(const TrainingTask& task) const;

  /// After a whole epoch. `network` and `moments` are not looked at when the course is over.
  void save(const TrainingTask& task, const TrainingCourse& course, const Network& best, const Network& network,
            const std::vector<AdamMoments>& moments) const;

 private:
  TrainingIdentity identity_with(const TrainingTask& task) const;

  CheckpointStore& store_;
  TrainingIdentity training_;
  TrainingIdentity samples_;
};

}  // namespace caloscope
