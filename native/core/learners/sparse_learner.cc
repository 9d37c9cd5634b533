#include "core/learners/sparse_learner.h"

#include <utility>

#include "core/backend.h"
#include "core/learners/dense_rows.h"
#include "core/learners/side_by_side_fits.h"

namespace caloscope {

std::vector<FittedMember> SparseLearner::fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                             const FitContext& context) const {
  std::vector<FittedMember> fitted(tasks.size());
  fit_side_by_side(tasks.size(), context.backend.threads(), "choosing columns", context.control,
                   [&](std::size_t number, WorkerPool& pool) {
                     std::vector<std::uint32_t> rows = tasks[number].training_rows;
                     const auto& held_out = tasks[number].validation_rows;
                     rows.insert(rows.end(), held_out.begin(), held_out.end());
                     fitted[number].member = std::make_shared<const Member>(
                         fit_sparse_regression(dense_rows(data, rows), settings, tiles_on(pool), context.control));
                   });
  return fitted;
}

}  // namespace caloscope
