#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/learners/tree_boosting.h"
#include "core/learners/trees/boosted_logits.h"

namespace caloscope {

/// Boosting as it is defined: every value that there is, is a place to split at, every sum is made anew from its rows,
/// and nothing is shared between nodes, trees or threads. Derivatives are those in quanta.
class NaiveBoosting {
 public:
  explicit NaiveBoosting(const BoostingTask& task)
      : settings_(task.settings), rows_(task.training.rows), labels_(task.training.label), weighted_(task.training),
        classes_(task.training, "train"), quanta_(classes_), logits_(labels_.size()) {}

  /// The next tree, with these numbers to round by.
  void grow(const RoundingKey& key, BoostedTrees& trees) {
    std::vector<Node> leaves(1);
    for (std::uint32_t row = 0; row < labels_.size(); ++row) {
      const bool reference = labels_[row] != 0;
      const std::uint64_t packed =
          packed_gradient(logits_[row], reference, classes_.weight[reference] * weighted_.weight_of(row), quanta_,
                          key, row);
      leaves[0].rows.push_back(
          {row, double(PackedGradient::gradient(packed)), double(PackedGradient::hessian(packed))});
    }
    finish(leaves[0], trees);
    while (leaves.size() < settings_.leaves) {
      std::size_t next = 0;
      for (std::size_t i = 0; i < leaves.size(); ++i) {
        if (leaves[i].gain > leaves[next].gain) next = i;
      }
      if (!(leaves[next].gain > 0)) break;
      split(next, leaves, trees);
    }
    trees.first_node.push_back(static_cast<std::uint32_t>(trees.nodes()));
    for (const Node& leaf : leaves) {
      for (const Row& row : leaf.rows) logits_[row.number] += double{trees.value[leaf.place]};
    }
  }

 private:
  struct Row {
    std::uint32_t number;
    double gradient, hessian;
  };
  struct Node {
    std::vector<Row> rows;
    std::uint32_t place = 0;
    double gain = 0;
    std::uint32_t column = 0;
    float lower = 0, upper = 0;  ///< the values on both sides of the split
  };

  double l2() const { return settings_.l2 * quanta_.hessian; }
  float value_of(const Row& row, std::uint32_t column) const { return rows_.row(row.number)[column]; }
  double quality(double gradient, double hessian) const { return gradient * gradient / (hessian + l2()); }

  /// Adds the node as a leaf, with its best split.
  void finish(Node& node, BoostedTrees& trees) {
    double gradient = 0, hessian = 0;
    for (const Row& row : node.rows) {
      gradient += row.gradient;
      hessian += row.hessian;
    }
    node.place = static_cast<std::uint32_t>(trees.nodes());
    trees.column.push_back(0);
    trees.threshold.push_back(0);
    trees.left.push_back(0);
    const double step = settings_.learning_rate * quanta_.hessian / quanta_.gradient;
    trees.value.push_back(static_cast<float>(-step * (gradient / (hessian + l2()))));
    for (std::uint32_t column = 0; column < rows_.columns; ++column) try_column(node, column, gradient, hessian);
  }

  void try_column(Node& node, std::uint32_t column, double gradient, double hessian) const {
    auto sorted = node.rows;
    std::ranges::stable_sort(sorted, {}, [&](const Row& row) { return value_of(row, column); });
    const double least = std::max(settings_.least_hessian * quanta_.hessian, 1.0);
    double left_gradient = 0, left_hessian = 0;
    for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
      left_gradient += sorted[i].gradient;
      left_hessian += sorted[i].hessian;
      const float lower = value_of(sorted[i], column), upper = value_of(sorted[i + 1], column);
      if (lower == upper || i + 1 < settings_.least_rows || sorted.size() - i - 1 < settings_.least_rows) continue;
      if (left_hessian < least || hessian - left_hessian < least) continue;
      const double gain = quality(left_gradient, left_hessian) +
                          quality(gradient - left_gradient, hessian - left_hessian) - quality(gradient, hessian);
      if (gain > node.gain) {
        node.gain = gain;
        node.column = column;
        node.lower = lower;
        node.upper = upper;
      }
    }
  }

  /// The threshold is where the bins of all rows have a border: half way between neighbors in the whole column.
  float threshold_of(const Node& node) const {
    float next = node.upper;
    for (std::size_t row = 0; row < rows_.count; ++row) {
      const float value = rows_.row(row)[node.column];
      if (value > node.lower && value < next) next = value;
    }
    return static_cast<float>((double{node.lower} + double{next}) / 2);
  }

  void split(std::size_t number, std::vector<Node>& leaves, BoostedTrees& trees) {
    const Node parent = std::move(leaves[number]);
    Node sides[2];
    const float threshold = threshold_of(parent);
    for (const Row& row : parent.rows) sides[value_of(row, parent.column) > threshold].rows.push_back(row);
    trees.column[parent.place] = parent.column;
    trees.threshold[parent.place] = threshold;
    trees.left[parent.place] = static_cast<std::uint32_t>(trees.nodes());
    trees.value[parent.place] = 0;
    for (Node& side : sides) finish(side, trees);
    leaves[number] = std::move(sides[0]);
    leaves.push_back(std::move(sides[1]));
  }

  BoostingSettings settings_;
  const DenseRows& rows_;
  const std::vector<std::uint8_t>& labels_;
  const LabelledDenseRows& weighted_;
  BalancedClasses classes_;
  GradientQuanta quanta_;
  std::vector<double> logits_;
};

}  // namespace caloscope
