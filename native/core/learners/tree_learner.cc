#include "core/learners/tree_learner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/backend.h"
#include "core/learners/dense_rows.h"
#include "core/learners/side_by_side_fits.h"

namespace caloscope {
namespace {

constexpr std::uint32_t fewest_leaves = 4;

/// Leaves that rows can fill: of a few hundred, trees of many leaves learn each by heart.
std::uint32_t leaves_for(std::size_t rows, std::uint32_t most) {
  const auto filled = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(rows)) / 3);
  return std::min(most, std::max(filled, fewest_leaves));
}

}  // namespace

std::vector<FittedMember> TreeLearner::fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                           const FitContext& context) const {
  std::vector<FittedMember> fitted(tasks.size());
  fit_side_by_side(tasks.size(), context.backend.threads(), "boosting trees", context.control,
                   [&](std::size_t number, WorkerPool& pool) {
                     const auto& task = tasks[number];
                     BoostingSettings of_rows = settings;
                     of_rows.leaves = leaves_for(task.training_rows.size(), settings.leaves);
                     const BoostingTask boosting{of_rows, task.seed, task.number,
                                                 dense_rows(data, task.training_rows),
                                                 dense_rows(data, task.validation_rows)};
                     auto trained = boost_trees(boosting, pool, context.control, [](std::uint64_t) {});
                     fitted[number].member = std::make_shared<const Member>(std::move(trained.trees));
                   });
  return fitted;
}

}  // namespace caloscope
