#include "core/learners/network_learner.h"

#include <utility>

#include "core/backend.h"

namespace caloscope {
namespace {

TrainingIdentity samples_identity(const LabelledRows& rows, JobControl& control) {
  TrainingIdentity identity{sample_identity("the reference sample", rows.reference, control),
                            sample_identity("the generated sample", rows.generated, control)};
  const auto weights = weights_identity(rows.weights);
  identity.insert(identity.end(), weights.begin(), weights.end());
  return identity;
}

std::vector<TrainedNetwork> train(const std::vector<TrainingTask>& tasks, const TrainingData& data,
                                  const FitContext& context) {
  auto& [backend, control, store, split] = context;
  if (!store) return backend.train(tasks, data, control);
  TrainingIdentity training{{"the version of caloscope", CALOSCOPE_VERSION}, {"the arithmetic", backend.arithmetic()}};
  training.insert(training.end(), split.begin(), split.end());
  const Checkpoints checkpoints(
      *store, std::move(training),
      std::visit([&, &job = control](const auto& rows) { return samples_identity(rows, job); }, data));
  // A checkpoint of the last network that is of no use must not be found when the others are trained.
  for (const auto& task : tasks) {
    control.check();
    checkpoints.load(task);
  }
  return backend.train(tasks, data, control, &checkpoints);
}

}  // namespace

std::vector<FittedMember> NetworkLearner::fit(std::vector<MemberTask> tasks, const TrainingData& data,
                                              const FitContext& context) const {
  std::vector<TrainingTask> trainings;
  for (auto& task : tasks) {
    trainings.push_back({std::move(task), shape, settings});
    trainings.back().shape.inputs = first_table(data).columns();
  }
  std::vector<FittedMember> fitted;
  for (auto& [network, record] : train(trainings, data, context)) {
    fitted.push_back({std::make_shared<const Member>(std::move(network)), std::move(record)});
  }
  return fitted;
}

}  // namespace caloscope
