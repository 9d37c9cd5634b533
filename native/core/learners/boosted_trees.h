#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/learners/dense_rows.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Binary trees whose leaves add up to a logit. Nodes of all trees lie one after the other, tree by tree; the two
/// children of a node lie beside each other and behind it.
struct BoostedTrees {
  std::uint32_t columns = 0;              ///< of a row
  std::vector<std::uint32_t> first_node;  ///< of each tree, which is its root; then the number of nodes
  std::vector<std::uint32_t> column;      ///< that a node looks at; 0 in a leaf
  std::vector<float> threshold;           ///< a row with a value up to it goes left; 0 in a leaf
  std::vector<std::uint32_t> left;        ///< the left child, in front of the right one; 0: a leaf
  std::vector<float> value;               ///< what a leaf adds to the logit; 0 elsewhere

  std::size_t trees() const { return first_node.empty() ? 0 : first_node.size() - 1; }
  std::size_t nodes() const { return left.size(); }
  std::uint32_t inputs() const { return columns; }
  /// Numbers that are fitted to the labels: a threshold a split, a value a leaf.
  std::uint64_t parameters() const { return nodes(); }

  /// Throws Error(classifier) unless every row ends in a leaf of its tree, whatever its values, and looks at columns
  /// that there are; Error(non_finite) for a threshold or value that is not finite.
  void validate() const;

  /// Calls `visit(name, shape, values)` with every array, for those who save, hash and check them.
  template <class Visit>
  void for_each_tensor(const Visit& visit) const {
    walk(*this, visit);
  }
  template <class Visit>
  void for_each_tensor(const Visit& visit) {
    walk(*this, visit);
  }

  friend bool operator==(const BoostedTrees&, const BoostedTrees&) = default;

 private:
  template <class Self, class Visit>
  static void walk(Self& self, const Visit& visit) {
    const auto tensor = [&](const char* name, auto& values) {
      visit(name, std::vector<std::size_t>{values.size()}, std::span(values));
    };
    tensor("trees.first_node", self.first_node);
    tensor("trees.column", self.column);
    tensor("trees.threshold", self.threshold);
    tensor("trees.left", self.left);
    tensor("trees.value", self.value);
  }
};

/// Logits ln p_ref/p_gen of rows, one a row. The trees must be valid. The same bits for any number of threads.
std::vector<float> score(const BoostedTrees& trees, const DenseRows& rows, const TileRunner& run_tiles,
                         const JobControl& control);

}  // namespace caloscope
