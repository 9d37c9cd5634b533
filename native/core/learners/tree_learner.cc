#include "core/learners/tree_learner.h"

#include <utility>

#include "core/backend.h"
#include "core/learners/dense_rows.h"
#include "core/learners/side_by_side_fits.h"

namespace caloscope {

std::vector<FittedMember> TreeLearner::fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                           const FitContext& context) const {
  std::vector<FittedMember> fitted(tasks.size());
  fit_side_by_side(tasks.size(), context.backend.threads(), "boosting trees", context.control,
                   [&](std::size_t number, WorkerPool& pool) {
                     const auto& task = tasks[number];
                     const BoostingTask boosting{settings, task.seed, task.number,
                                                 dense_rows(data, task.training_rows),
                                                 dense_rows(data, task.validation_rows)};
                     auto trained = boost_trees(boosting, pool, context.control, [](std::uint64_t) {});
                     fitted[number].member = std::make_shared<const Member>(std::move(trained.trees));
                   });
  return fitted;
}

}  // namespace caloscope
