#include "core/training/cross_fitting.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "core/run/error.h"
#include "core/training/shuffle.h"

namespace caloscope {
namespace {

std::vector<std::uint32_t> numbers_to(std::uint64_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

void check(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan) {
  plan.settings.validate();
  if (reference.scalars() != generated.scalars() || reference.voxels() != generated.voxels()) {
    throw Error(ErrorCode::shape, "the reference sample has " + std::to_string(reference.columns()) +
                                      " columns, the generated sample " + std::to_string(generated.columns()));
  }
  if (reference.rows() + generated.rows() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::argument, "more than 2^32 showers in one training; train on a part of them");
  }
  if (plan.folds < 1 || plan.folds > 1000 || plan.members < 1 || plan.members > 1000) {
    throw Error(ErrorCode::argument, "`folds` and `members` must be from 1 to 1000");
  }
  if (!(plan.validation_fraction > 0 && plan.validation_fraction < 1)) {
    throw Error(ErrorCode::argument, "`validationFraction` must be above 0 and below 1");
  }
}

/// Splits the rows of one sample that network `task` may see into training and validation.
void split_sample(const std::vector<std::uint16_t>& fold_of_row, std::uint32_t held_out, const CrossFitting& plan,
                  std::uint32_t sample, std::uint32_t offset, const char* name, TrainingTask& task) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < fold_of_row.size(); ++row) {
    if (plan.folds == 1 || fold_of_row[row] != held_out) rows.push_back(row + offset);
  }
  shuffle(rows, RandomStream(plan.seed, stream_number(TrainingStream::split, task.number, sample)));
  const auto wanted = std::llround(plan.validation_fraction * static_cast<double>(rows.size()));
  const auto validation = static_cast<std::size_t>(std::max(1LL, wanted));
  if (rows.size() < validation + 1) {
    throw Error(ErrorCode::too_few_rows, std::string("the ") + name + " sample has " +
                                             std::to_string(fold_of_row.size()) +
                                             " rows, too few to train and validate with " +
                                             std::to_string(plan.folds) + " folds");
  }
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(validation);
  task.validation_rows.insert(task.validation_rows.end(), rows.begin(), middle);
  task.training_rows.insert(task.training_rows.end(), middle, rows.end());
}

std::vector<TrainedNetwork> train(const std::vector<TrainingTask>& tasks, const LabelledRows& rows,
                                  const CrossFitting& plan, Backend& backend, JobControl& control,
                                  CheckpointStore* store) {
  if (!store) return backend.train(tasks, rows, control);
  TrainingIdentity training{{"the version of caloscope", CALOSCOPE_VERSION}, {"the arithmetic", backend.arithmetic()}};
  for (auto& entry : split_identity(plan.folds, plan.members, plan.validation_fraction)) {
    training.push_back(std::move(entry));
  }
  const Checkpoints checkpoints(*store, std::move(training),
                                {sample_identity("the reference sample", rows.reference, control),
                                 sample_identity("the generated sample", rows.generated, control)});
  // A checkpoint of the last network that is of no use must not be found when the others are trained.
  for (const auto& task : tasks) {
    control.check();
    checkpoints.load(task);
  }
  return backend.train(tasks, rows, control, &checkpoints);
}

/// The networks of each fold judge the rows of it.
HeldOutLogits judge(const FeatureTable& table, std::vector<std::uint16_t> fold_of_row,
                    const std::vector<TrainedNetwork>& trained, const CrossFitting& plan, Backend& backend,
                    JobControl& control) {
  HeldOutLogits result;
  result.fold = std::move(fold_of_row);
  if (plan.folds == 1) return result;
  result.logits.resize(plan.members * table.rows());
  for (std::uint32_t fold = 0; fold < plan.folds; ++fold) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < table.rows(); ++row) {
      if (result.fold[row] == fold) rows.push_back(row);
    }
    std::vector<Network> networks;
    for (std::uint32_t member = 0; member < plan.members; ++member) {
      networks.push_back(trained[fold * plan.members + member].network);
    }
    const auto logits =
        backend.load(networks, plan.settings.precision)->predict(table, rows, backend.threads(), control);
    for (std::uint32_t member = 0; member < plan.members; ++member) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        result.logits[member * table.rows() + rows[i]] = logits[member * rows.size() + i];
      }
    }
  }
  return result;
}

}  // namespace

std::vector<std::uint16_t> assign_folds(std::uint64_t rows, std::uint32_t folds, std::uint64_t seed,
                                        std::uint32_t sample) {
  auto order = numbers_to(rows);
  shuffle(order, RandomStream(seed, stream_number(TrainingStream::folds, 0, sample)));
  std::vector<std::uint16_t> fold(rows);
  for (std::uint64_t place = 0; place < rows; ++place) fold[order[place]] = static_cast<std::uint16_t>(place % folds);
  return fold;
}

CrossFitted cross_fit(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan,
                      Backend& backend, JobControl& control, CheckpointStore* store) {
  check(reference, generated, plan);
  auto reference_fold = assign_folds(reference.rows(), plan.folds, plan.seed, 0);
  auto generated_fold = assign_folds(generated.rows(), plan.folds, plan.seed, 1);
  std::vector<TrainingTask> tasks;
  for (std::uint32_t fold = 0; fold < plan.folds; ++fold) {
    for (std::uint32_t member = 0; member < plan.members; ++member) {
      TrainingTask task;
      task.shape = plan.shape;
      task.shape.inputs = reference.columns();
      task.settings = plan.settings;
      task.seed = plan.seed;
      task.number = fold * plan.members + member;
      split_sample(reference_fold, fold, plan, 0, 0, "reference", task);
      split_sample(generated_fold, fold, plan, 1, static_cast<std::uint32_t>(reference.rows()), "generated", task);
      tasks.push_back(std::move(task));
    }
  }
  CrossFitted result;
  result.networks = train(tasks, {reference, generated}, plan, backend, control, store);
  result.reference = judge(reference, std::move(reference_fold), result.networks, plan, backend, control);
  result.generated = judge(generated, std::move(generated_fold), result.networks, plan, backend, control);
  return result;
}

}  // namespace caloscope
