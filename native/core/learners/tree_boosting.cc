#include "core/learners/tree_boosting.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include "core/learners/trees/binned_rows.h"
#include "core/learners/trees/boosted_logits.h"
#include "core/learners/trees/boosting_stream.h"
#include "core/learners/trees/tree_growth.h"
#include "core/run/error.h"
#include "core/run/random.h"

namespace caloscope {
namespace {

void require(bool sound, const char* setting, const char* range) {
  if (!sound) throw Error(ErrorCode::argument, std::string("`") + setting + "` must be " + range);
}

/// Places in BinnedRows::columns, ascending.
std::vector<std::uint32_t> drawn_columns(const BoostingTask& task, std::uint32_t tree, std::size_t columns) {
  std::vector<std::uint32_t> places(columns);
  std::iota(places.begin(), places.end(), 0U);
  const auto wanted = static_cast<std::size_t>(std::ceil(task.settings.column_fraction * static_cast<double>(columns)));
  if (wanted >= columns) return places;
  RandomStream random(task.seed, stream_number(BoostingStream::columns, task.number, tree));
  for (std::size_t i = 0; i < wanted; ++i) {
    std::swap(places[i], places[i + random.below(static_cast<std::uint32_t>(columns - i))]);
  }
  places.resize(wanted);
  std::ranges::sort(places);
  return places;
}

GrowthRule growth_rule(const BoostingSettings& settings, const GradientQuanta& quanta) {
  GrowthRule rule;
  rule.leaves = settings.leaves;
  rule.split.least_rows = settings.least_rows;
  // A leaf whose second derivatives are all rounded to 0 has no best value.
  rule.split.least_hessian = std::max(settings.least_hessian * quanta.hessian, 1.0);
  rule.split.l2 = settings.l2 * quanta.hessian;
  rule.step = settings.learning_rate * quanta.hessian / quanta.gradient;
  return rule;
}

/// Keeps the first trees.
void shorten(BoostedTrees& trees, std::size_t kept) {
  trees.first_node.resize(kept + 1);
  const std::size_t nodes = trees.first_node.back();
  trees.column.resize(nodes);
  trees.threshold.resize(nodes);
  trees.left.resize(nodes);
  trees.value.resize(nodes);
}

/// Which trees are kept, from the validation losses.
class Patience {
 public:
  explicit Patience(std::uint32_t trees) : patience_(trees) {}

  /// Whether boosting goes on after a tree.
  bool note(double loss) {
    ++trees_;
    if (loss < best_loss_) {
      best_loss_ = loss;
      best_trees_ = trees_;
    }
    return trees_ - best_trees_ < patience_;
  }
  std::uint32_t best_trees() const { return best_trees_; }

 private:
  std::uint32_t patience_;
  std::uint32_t trees_ = 0;
  std::uint32_t best_trees_ = 0;
  double best_loss_ = std::log(2);  ///< without a tree
};

}  // namespace

void BoostingSettings::validate() const {
  require(trees >= 1 && trees <= 100000, "trees", "from 1 to 100000");
  require(leaves >= 2 && leaves <= 65536, "leaves", "from 2 to 65536");
  require(learning_rate > 0 && learning_rate <= 1, "learningRate", "above 0 and up to 1");
  require(least_rows >= 1, "leastRows", "1 or more");
  require(std::isfinite(least_hessian) && least_hessian >= 0, "leastHessian", "0 or more");
  require(std::isfinite(l2) && l2 >= 0, "l2", "0 or more");
  require(column_fraction > 0 && column_fraction <= 1, "columnFraction", "above 0 and up to 1");
  require(bins >= 2 && bins <= 255, "bins", "from 2 to 255");
  require(patience >= 1, "patience", "1 or more");
}

TrainedTrees boost_trees(const BoostingTask& task, WorkerPool& pool, JobControl& control,
                         const std::function<void(std::uint64_t rows)>& visited) {
  const BoostingSettings& settings = task.settings;
  settings.validate();
  const BalancedClasses classes(task.training, "train");
  const GradientQuanta quanta(classes);
  const GrowthRule rule = growth_rule(settings, quanta);
  const BinnedRows binned(task.training.rows, settings.bins, tiles_on(pool), control);
  TreeGrowth growth(binned, rule, pool, control);
  TrainingLogits training(task.training, classes, pool, control);
  std::optional<ValidationLogits> validation;
  if (!task.validation.label.empty()) validation.emplace(task.validation, pool, control);

  TrainedTrees result;
  result.trees.columns = task.training.rows.columns;
  result.trees.first_node.push_back(0);
  Patience patience(settings.patience);
  training.differentiate(quanta, rounding_key(task.seed, task.number, 0));
  std::uint32_t tree = 0;
  while (tree < settings.trees && !result.record.stopped_early) {
    if (!growth.grow(training.gradients(), drawn_columns(task, tree, binned.columns().size()), result.trees)) break;
    ++tree;
    training.add(growth.leaves());
    result.record.training_loss.push_back(training.differentiate(quanta, rounding_key(task.seed, task.number, tree)));
    if (validation) {
      result.record.validation_loss.push_back(validation->add_last(result.trees));
      result.record.stopped_early = !patience.note(result.record.validation_loss.back());
    }
    visited(task.training.label.size());
  }
  visited((settings.trees - tree) * task.training.label.size());
  result.record.best_trees = validation ? patience.best_trees() : tree;
  shorten(result.trees, result.record.best_trees);
  return result;
}

}  // namespace caloscope
