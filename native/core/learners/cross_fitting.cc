#include "core/learners/cross_fitting.h"

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
  validate(plan.learner);
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

/// Splits the rows of one sample that member `task` may see into training and validation.
void split_sample(const std::vector<std::uint16_t>& fold_of_row, std::uint32_t held_out, const CrossFitting& plan,
                  std::uint32_t sample, std::uint32_t offset, const char* name, MemberTask& task) {
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

HeldOutLogits unscored(std::vector<std::uint16_t> fold_of_row, const CrossFitting& plan) {
  HeldOutLogits held;
  held.fold = std::move(fold_of_row);
  if (plan.folds > 1) held.logits.resize(plan.members * held.fold.size());
  return held;
}

/// The rows of a fold are scored by its members.
void score(const FeatureTable& table, std::uint32_t fold, const Predictor& predictor, const CrossFitting& plan,
           const Backend& backend, JobControl& control, HeldOutLogits& held) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < table.rows(); ++row) {
    if (held.fold[row] == fold) rows.push_back(row);
  }
  const auto logits = predictor.predict(table, rows, backend.threads(), control);
  for (std::uint32_t member = 0; member < plan.members; ++member) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      held.logits[member * table.rows() + rows[i]] = logits[member * rows.size() + i];
    }
  }
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
  std::vector<MemberTask> tasks;
  for (std::uint32_t fold = 0; fold < plan.folds; ++fold) {
    for (std::uint32_t member = 0; member < plan.members; ++member) {
      MemberTask task;
      task.seed = plan.seed;
      task.number = fold * plan.members + member;
      split_sample(reference_fold, fold, plan, 0, 0, "reference", task);
      split_sample(generated_fold, fold, plan, 1, static_cast<std::uint32_t>(reference.rows()), "generated", task);
      tasks.push_back(std::move(task));
    }
  }
  const TrainingData data = LabelledRows{reference, generated};
  const auto split = split_identity(plan.folds, plan.members, plan.validation_fraction);
  CrossFitted result{fit(plan.learner, std::move(tasks), {data, backend, control, store, split}),
                     unscored(std::move(reference_fold), plan), unscored(std::move(generated_fold), plan)};
  for (std::uint32_t fold = 0; plan.folds > 1 && fold < plan.folds; ++fold) {
    // Packed once for both samples.
    const auto of_fold = std::span(result.members).subspan(fold * plan.members, plan.members);
    std::vector<std::shared_ptr<const Member>> members;
    for (const auto& fitted : of_fold) members.push_back(fitted.member);
    const auto predictor = backend.load(members, precision_of(plan.learner));
    score(reference, fold, *predictor, plan, backend, control, result.reference);
    score(generated, fold, *predictor, plan, backend, control, result.generated);
  }
  return result;
}

}  // namespace caloscope
