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
/// Validation rows of all boostings of a member together.
constexpr std::size_t enough_validation_rows = 500;
constexpr std::uint32_t fewest_bins = 64;
constexpr std::size_t rows_per_bin = 8;

/// Leaves that rows can fill: of a few hundred, trees of many leaves learn each by heart.
std::uint32_t leaves_for(std::size_t rows, std::uint32_t most) {
  const auto filled = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(rows)) / 3);
  return std::min(most, std::max(filled, fewest_leaves));
}

/// Bins that rows can fill: where a cut lies between two of few rows is chance, and all bins take time.
std::uint32_t bins_for(std::size_t rows, std::uint32_t most) {
  const auto filled = static_cast<std::uint32_t>(std::min<std::size_t>(rows / rows_per_bin, most));
  return std::min(most, std::max(filled, fewest_bins));
}

/// Which rows a boosting trains with, and which say where it stops.
struct BoostedRows {
  std::vector<std::uint32_t> training, validation;
};

/// The rows of the task, and as often as it takes to have enough validation rows the same with others held out, class by class,
/// no row twice.
std::vector<BoostedRows> boosted_rows(const MemberTask& task, const TrainingData& data) {
  std::vector<BoostedRows> boostings{{task.training_rows, task.validation_rows}};
  if (!task.validation_drawn || task.validation_rows.empty()) return boostings;
  std::vector<std::uint32_t> rows_of[2];  // of each class, the validation rows first
  std::size_t held_out[2];
  const auto add = [&](const std::vector<std::uint32_t>& rows) {
    const auto targets = targets_of(data, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) rows_of[targets[i].label > 0].push_back(rows[i]);
  };
  add(task.validation_rows);
  for (const int label : {0, 1}) held_out[label] = rows_of[label].size();
  add(task.training_rows);
  if (held_out[0] == 0 || held_out[1] == 0) return boostings;
  const std::size_t each = task.validation_rows.size();
  const std::size_t wanted = (enough_validation_rows + each - 1) / each;
  const std::size_t parts = std::min(rows_of[0].size() / held_out[0], rows_of[1].size() / held_out[1]);
  while (boostings.size() < std::min(wanted, parts)) {
    auto& [training, validation] = boostings.emplace_back();
    for (const int label : {1, 0}) {
      const std::size_t first = (boostings.size() - 1) * held_out[label];
      for (std::size_t place = 0; place < rows_of[label].size(); ++place) {
        const bool is_held_out = place >= first && place < first + held_out[label];
        (is_held_out ? validation : training).push_back(rows_of[label][place]);
      }
    }
  }
  return boostings;
}

/// Trees that say the mean of what others say.
BoostedTrees mean_of(std::vector<BoostedTrees> boosted) {
  BoostedTrees mean = std::move(boosted.front());
  const auto shrink = [&](BoostedTrees& trees) {
    for (float& value : trees.value) value /= static_cast<float>(boosted.size());
  };
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  shrink(mean);
  for (std::size_t i = 1; i < boosted.size(); ++i) {
    BoostedTrees& next = boosted[i];
    shrink(next);
    const auto first = static_cast<std::uint32_t>(mean.nodes());
    for (auto& node : next.first_node) node += first;
    for (auto& node : next.left) node += node == 0 ? 0 : first;
    mean.first_node.pop_back();
    append(mean.first_node, next.first_node);
    append(mean.column, next.column);
    append(mean.threshold, next.threshold);
    append(mean.left, next.left);
    append(mean.value, next.value);
  }
  return mean;
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
                     of_rows.bins = bins_for(task.training_rows.size(), settings.bins);
                     std::vector<BoostedTrees> boosted;
                     for (const auto& [training, validation] : boosted_rows(task, data)) {
                       const BoostingTask boosting{of_rows, task.seed, task.number, dense_rows(data, training),
                                                   dense_rows(data, validation)};
                       boosted.push_back(boost_trees(boosting, pool, context.control, [](std::uint64_t) {}).trees);
                     }
                     fitted[number].member = std::make_shared<const Member>(mean_of(std::move(boosted)));
                   });
  return fitted;
}

}  // namespace caloscope
