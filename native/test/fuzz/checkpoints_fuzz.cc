/// A checkpoint that was changed anywhere, sealed again with its size and checksum so that what it holds is read: a state, or
/// Error(checkpoint).
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <span>

#include "core/run/content_hash.h"
#include "core/run/error.h"
#include "core/training/checkpoint.h"
#include "core/training/network_training.h"
#include "test/support/memory_checkpoints.h"
#include "test/support/small_samples.h"

namespace {

using namespace caloscope;

TrainingTask small_task() {
  TrainingTask task;
  task.shape = {3, {4, 2}, Activation::elu, 0.5F};
  task.settings.epochs = 4;
  task.settings.batch_size = 16;
  task.number = 2;
  task.training_rows.resize(30);
  std::iota(task.training_rows.begin(), task.training_rows.end(), 5U);
  task.validation_rows = {0, 1, 2, 3, 4};
  return task;
}

const TrainingIdentity training{{"the version of caloscope", "1.2.3"}};
const TrainingIdentity samples{{"the reference sample", "40 rows, hash 1"}};
const TrainingTask task = small_task();

Bytes sound_checkpoint() {
  const auto reference = gaussian_matrix(20, 3, 1, 1), generated = gaussian_matrix(20, 3, 0, 2);
  JobControl control;
  const Network network = untrained_network(task, LabelledRows{reference, generated}, control);
  std::vector<AdamMoments> moments;
  for (const auto& block : network.blocks) {
    std::visit([&](const auto& one) {
      one.for_each_tensor([&](const auto& tensor) {
        AdamMoments of_tensor;
        of_tensor.mean.assign(tensor.values.size(), 0.25F);
        of_tensor.square.assign(tensor.values.size(), 0.5F);
        moments.push_back(of_tensor);
      });
    }, block);
  }
  TrainingCourse course(task);
  course.note({0.7, 0.69, 1e-3});
  MemoryCheckpoints store;
  Checkpoints(store, training, samples).save(task, course, network, network, moments);
  return store.saved.at(task.number).back();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Bytes sound = sound_checkpoint();
  // Places and what is put there; the first two bytes: how much is cut or added.
  Bytes bytes = sound;
  if (size >= 2) bytes.resize(std::max<std::size_t>(28, bytes.size() + data[0] - std::min<std::size_t>(bytes.size(), data[1])));
  for (std::size_t i = 2; i + 2 < size; i += 3) {
    bytes[(data[i] + 256U * data[i + 1]) % bytes.size()] = static_cast<std::byte>(data[i + 2]);
  }
  const std::uint64_t length = bytes.size();
  std::memcpy(bytes.data() + 12, &length, sizeof(length));
  ContentHash hash;
  hash.add(std::span(bytes).first(bytes.size() - 8));
  const std::uint64_t checksum = hash.value();
  std::memcpy(bytes.data() + bytes.size() - 8, &checksum, sizeof(checksum));
  MemoryCheckpoints store;
  store.saved[task.number].push_back(bytes);
  try {
    const auto state = Checkpoints(store, training, samples).load(task);
    if (!state || state->best.blocks.size() != 3) std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::checkpoint) std::abort();
  }
  return 0;
}
