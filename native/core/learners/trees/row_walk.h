#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/learners/boosted_trees.h"
#include "core/learners/dense_rows.h"

namespace caloscope {

/// Trees as rows walk through them fast: leaves lead to themselves, so that all rows of a tree take as many steps as it
/// is deep, several rows side by side and without a branch.
class RowWalk {
 public:
  /// Rows that walk together.
  static constexpr std::size_t tile = 128;

  /// The trees from `first` up to `last`, which must be valid.
  RowWalk(const BoostedTrees& trees, std::size_t first, std::size_t last);

  /// Adds what the leaves say to `sums`, tree by tree in their order, for `count` ≤ tile rows from `first` on.
  void add(const DenseRows& rows, std::size_t first, std::size_t count, double* sums) const;

 private:
  struct Node {
    float threshold;
    std::uint32_t column;
    std::uint32_t left;
    float value;
  };
  struct Tree {
    std::uint32_t root;
    std::uint32_t depth;
  };

  std::vector<Node> nodes_;
  std::vector<Tree> trees_;
};

}  // namespace caloscope
