#include "core/learners/boosted_trees.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/learners/trees/row_walk.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::classifier, "the boosted trees are damaged: " + what);
}

/// Of a node in the tree whose nodes end before `end`.
void require_node(const BoostedTrees& trees, std::size_t node, std::size_t end) {
  if (!std::isfinite(trees.threshold[node]) || !std::isfinite(trees.value[node])) {
    throw Error(ErrorCode::non_finite, "node " + std::to_string(node) + " of the boosted trees is not finite");
  }
  if (trees.column[node] >= trees.columns) refuse("node " + std::to_string(node) + " looks at no column");
  const std::size_t left = trees.left[node];
  if (left != 0 && (left <= node || left >= end - 1)) {
    refuse("node " + std::to_string(node) + " has no children behind it in its tree");
  }
}

}  // namespace

void BoostedTrees::validate() const {
  if (columns == 0) refuse("they read no column");
  if (column.size() != nodes() || threshold.size() != nodes() || value.size() != nodes()) {
    refuse("their arrays differ in length");
  }
  if (nodes() > std::numeric_limits<std::uint32_t>::max() || first_node.empty() || first_node.front() != 0 ||
      first_node.back() != nodes()) {
    refuse("the trees do not hold all nodes");
  }
  for (std::size_t tree = 0; tree < trees(); ++tree) {
    const std::size_t end = first_node[tree + 1];
    if (end <= first_node[tree] || end > nodes()) refuse("tree " + std::to_string(tree) + " has no root");
    for (std::size_t node = first_node[tree]; node < end; ++node) require_node(*this, node, end);
  }
}

std::vector<float> score(const BoostedTrees& trees, const DenseRows& rows, const TileRunner& run_tiles,
                         const JobControl& control) {
  const RowWalk walk(trees, 0, trees.trees());
  std::vector<float> logits(rows.count);
  run_tiles((rows.count + RowWalk::tile - 1) / RowWalk::tile, [&](std::size_t tile) {
    control.check();
    const std::size_t first = tile * RowWalk::tile;
    const std::size_t count = std::min(RowWalk::tile, rows.count - first);
    double sums[RowWalk::tile] = {};
    walk.add(rows, first, count, sums);
    for (std::size_t i = 0; i < count; ++i) logits[first + i] = static_cast<float>(sums[i]);
  });
  return logits;
}

}  // namespace caloscope
