#include "core/learners/logistic_learner.h"

#include <utility>

#include "core/backend.h"
#include "core/learners/dense_rows.h"
#include "core/learners/side_by_side_fits.h"

namespace caloscope {

bool LogisticLearner::fits(const MemberTables& tables) const {
  const QuadraticTerms terms{reads(tables).scalars(), settings.products};
  return terms.values > 0 && terms.count() <= LogisticSettings::most_terms;
}

std::vector<FittedMember> LogisticLearner::fit(const std::vector<MemberTask>& tasks, const TrainingData& data,
                                               const FitContext& context) const {
  std::vector<FittedMember> fitted(tasks.size());
  fit_side_by_side(tasks.size(), context.backend.threads(), "fitting regressions", context.control,
                   [&](std::size_t number, WorkerPool& pool) {
                     const auto& task = tasks[number];
                     auto fit = fit_logistic_regression(dense_rows(data, task.training_rows),
                                                        dense_rows(data, task.validation_rows), settings,
                                                        tiles_on(pool), context.control);
                     fitted[number].member = std::make_shared<const Member>(std::move(fit.model));
                   });
  return fitted;
}

}  // namespace caloscope
