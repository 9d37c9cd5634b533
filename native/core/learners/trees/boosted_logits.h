#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/learners/boosted_trees.h"
#include "core/learners/dense_rows.h"
#include "core/learners/trees/tree_growth.h"
#include "core/run/job_control.h"
#include "core/run/worker_pool.h"

namespace caloscope {

/// Factors of the weights of rows, generated and reference, with which both classes count the same and a row counts 1 on average.
struct BalancedClasses {
  double weight[2];
  double largest = 0;  ///< weight of a row, whatever its sign

  /// Throws Error(too_few_rows) where a class is missing, Error(argument) where its weights have no sum above 0; `use` says
  /// what the rows are for.
  BalancedClasses(const LabelledDenseRows& rows, const char* use);
};

/// Quanta of PackedGradient in one unit of the derivatives. A derivative of the balanced cross-entropy is at most the
/// largest weight, a second one at most a quarter of it.
struct GradientQuanta {
  double gradient;
  double hessian;

  explicit GradientQuanta(const BalancedClasses& classes);
};

/// Where the numbers of a tree with which derivatives are rounded up or down begin.
struct RoundingKey {
  std::uint32_t gradient;
  std::uint32_t hessian;
};

RoundingKey rounding_key(std::uint64_t seed, std::uint32_t number, std::uint32_t tree);

/// The derivatives of the loss of a row in quanta. They are rounded up with a probability that makes them right on
/// average: rounded to nearest, those of all rows of the larger class would be wrong alike where classes are very
/// unequal. The second derivative of a row of negative `weight` counts as that of a positive one: sums stay above 0, leaves
/// go less far, and the place where the first derivatives cancel is the same.
std::uint64_t packed_gradient(double logit, bool reference, double weight, const GradientQuanta& quanta,
                              const RoundingKey& key, std::uint32_t row);

/// Logits of the training rows while trees are added.
class TrainingLogits {
 public:
  /// The rows must outlive it.
  TrainingLogits(const LabelledDenseRows& rows, const BalancedClasses& classes, WorkerPool& pool,
                 const JobControl& control);

  void add(const std::vector<TreeGrowth::Leaf>& leaves);
  /// The mean loss in nats; leaves the gradients for the next tree.
  double differentiate(const GradientQuanta& quanta, const RoundingKey& key);
  std::span<const std::uint64_t> gradients() const { return gradients_; }

 private:
  const LabelledDenseRows& rows_;
  const BalancedClasses& classes_;
  WorkerPool& pool_;
  const JobControl& control_;
  std::vector<double> logits_;
  std::vector<std::uint64_t> gradients_;
};

/// Logits of the validation rows.
class ValidationLogits {
 public:
  /// The rows must outlive it.
  ValidationLogits(const LabelledDenseRows& rows, WorkerPool& pool, const JobControl& control);

  /// Adds the last tree. Returns the mean loss in nats, the classes balanced.
  double add_last(const BoostedTrees& trees);

 private:
  const LabelledDenseRows& rows_;
  BalancedClasses classes_;
  WorkerPool& pool_;
  const JobControl& control_;
  std::vector<double> logits_;
};

}  // namespace caloscope
