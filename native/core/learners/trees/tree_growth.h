#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/learners/boosted_trees.h"
#include "core/learners/trees/binned_rows.h"
#include "core/learners/trees/gradient_sums.h"
#include "core/learners/trees/split_search.h"
#include "core/run/job_control.h"
#include "core/run/worker_pool.h"

namespace caloscope {

/// How far a tree grows.
struct GrowthRule {
  std::uint32_t leaves = 31;  ///< at most
  SplitRule split;
  double step = 1;  ///< of a leaf: −step · gradient / (hessian + l2), in quanta
};

/// Grows trees leaf by leaf: the split with the largest gain anywhere comes next (of equally good ones that of the node
/// which is older, then that of the first column). Of two children the rows of the smaller one are added up, the sums
/// of the other are what is left of their parent's.
class TreeGrowth {
 public:
  /// All of these must outlive it.
  TreeGrowth(const BinnedRows& binned, const GrowthRule& rule, WorkerPool& pool, const JobControl& control);

  /// Adds a tree over some of the columns (places in BinnedRows::columns, ascending). `gradients`: one a row. False,
  /// and nothing added, where no split has a gain.
  bool grow(std::span<const std::uint64_t> gradients, const std::vector<std::uint32_t>& columns, BoostedTrees& trees);

  /// Rows of the last tree that ended in the same leaf.
  struct Leaf {
    std::span<const std::uint32_t> rows;
    float value;
  };
  std::vector<Leaf> leaves() const;

 private:
  struct Node {
    std::size_t first = 0, last = 0;  ///< its rows in order_
    GradientSum total;
    std::unique_ptr<BinSums> sums;  ///< where it may be split
    Split best;
    std::uint32_t place = 0;  ///< in the trees
    float value = 0;
  };

  std::unique_ptr<BinSums> summed(const Node& node, std::span<const std::uint64_t> gradients);
  void reuse(std::unique_ptr<BinSums> sums);
  bool splittable(const Node& node) const;
  /// With their sums. Where there is a `part`, `node` still has those of both, and its own are found first.
  void find_splits(Node& node, Node* part);
  /// The number of rows that go left, which are first then; on both sides they keep their order.
  std::size_t divide(const Node& node);
  void split(std::size_t leaf, bool last, std::span<const std::uint64_t> gradients, BoostedTrees& trees);
  void add_leaf(Node& node, BoostedTrees& trees) const;

  const BinnedRows& binned_;
  const GrowthRule& rule_;
  WorkerPool& pool_;
  const JobControl& control_;
  BinSummation summation_;
  std::vector<std::uint32_t> columns_;
  std::vector<std::uint32_t> order_;  ///< rows, leaf by leaf
  std::vector<std::uint32_t> aside_;  ///< rows that go right, on their way
  std::vector<Node> leaves_;
  std::vector<std::unique_ptr<BinSums>> unused_;
};

}  // namespace caloscope
