#include "core/training/checkpoint.h"

#include <cmath>
#include <string>

#include "core/run/error.h"
#include "core/training/checkpoint_frame.h"

namespace caloscope {
namespace {

/// Calls visit(numbers) for all numbers of a network in the order of the format.
template <class AnyNetwork, class Visit>
void for_each_part(AnyNetwork& network, const Visit& visit) {
  const auto part = [&](const auto& tensor) { visit(tensor.values); };
  network.standardisation.for_each_tensor(part);
  for_each_tensor(network.blocks, part);
}

TrainingCourse read_course(CheckpointReader& reader, const TrainingTask& task) {
  TrainingCourse course(task);
  const auto epochs = reader.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < epochs; ++i) {
    EpochRecord entry;
    entry.training_loss = reader.number<double>();
    entry.validation_loss = reader.number<double>();
    entry.learning_rate = reader.number<double>();
    if (course.over() || !std::isfinite(entry.training_loss) || !std::isfinite(entry.validation_loss)) {
      refuse_damaged("its epochs contradict each other");
    }
    course.note(entry);
  }
  if (epochs == 0) refuse_damaged("it has no epoch");
  return course;
}

Network read_network(CheckpointReader& reader, const NetworkShape& shape) {
  Network network = zero_network(shape);
  for_each_part(network, [&](std::span<float> part) { reader.take(std::as_writable_bytes(part)); });
  return network;
}

std::vector<AdamMoments> read_moments(CheckpointReader& reader, const Network& network) {
  auto moments = first_moments(network);
  for (auto& [mean, square] : moments) {
    reader.take(std::as_writable_bytes(std::span(mean)));
    reader.take(std::as_writable_bytes(std::span(square)));
  }
  return moments;
}

TrainingState parse(std::span<const std::byte> bytes, const TrainingTask& task, const TrainingIdentity& identity) {
  CheckpointReader reader(bytes, identity);
  TrainingState state{read_course(reader, task), {}, {}, {}};
  state.best = read_network(reader, task.shape);
  if (!state.course.over()) {
    state.network = state.course.at_best() ? state.best : read_network(reader, task.shape);
    state.moments = read_moments(reader, state.network);
  }
  reader.require_end();
  return state;
}

}  // namespace

TrainingIdentity Checkpoints::identity_with(const TrainingTask& task) const {
  TrainingIdentity identity = training_;
  for (const auto& part : {settings_identity(task), samples_, rows_identity(task)}) {
    identity.insert(identity.end(), part.begin(), part.end());
  }
  return identity;
}

std::optional<TrainingState> Checkpoints::load(const TrainingTask& task) const {
  const auto bytes = store_.load(task.number);
  if (!bytes) return std::nullopt;
  try {
    return parse(*bytes, task, identity_with(task));
  } catch (const Error& error) {
    throw Error(error.code(), store_.place(task.number) + ": " + error.what());
  }
}

void Checkpoints::save(const TrainingTask& task, const TrainingCourse& course, const Network& best,
                       const Network& network, const std::vector<AdamMoments>& moments) const {
  CheckpointWriter writer(identity_with(task));
  const auto& epochs = course.record().epochs;
  writer.put(static_cast<std::uint32_t>(epochs.size()));
  for (const auto& epoch : epochs) {
    writer.put(epoch.training_loss);
    writer.put(epoch.validation_loss);
    writer.put(epoch.learning_rate);
  }
  const auto add = [&](std::span<const float> part) { writer.add(std::as_bytes(part)); };
  for_each_part(best, add);
  if (!course.over()) {
    if (!course.at_best()) for_each_part(network, add);
    for (const auto& [mean, square] : moments) {
      add(mean);
      add(square);
    }
  }
  writer.save(store_, task.number);
}

}  // namespace caloscope
