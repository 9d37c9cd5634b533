#include "core/learners/trees/row_walk.h"

#include <algorithm>
#include <limits>

namespace caloscope {
namespace {

/// Rows side by side: their steps wait for memory together.
constexpr std::size_t side_by_side = 8;

}  // namespace

RowWalk::RowWalk(const BoostedTrees& trees, std::size_t first, std::size_t last) {
  if (first == last) return;
  const std::uint32_t offset = trees.first_node[first];
  nodes_.reserve(trees.first_node[last] - offset);
  std::vector<std::uint32_t> depth(trees.first_node[last] - offset);
  for (std::size_t tree = first; tree < last; ++tree) {
    const std::uint32_t root = trees.first_node[tree] - offset;
    std::uint32_t deepest = 0;
    for (std::uint32_t node = root; node < trees.first_node[tree + 1] - offset; ++node) {
      const std::uint32_t place = node + offset;
      const std::uint32_t left = trees.left[place] - offset;
      if (trees.left[place] == 0) {
        nodes_.push_back({std::numeric_limits<float>::infinity(), 0, node, trees.value[place]});
      } else {
        nodes_.push_back({trees.threshold[place], trees.column[place], left, 0});
        depth[left] = depth[left + 1] = depth[node] + 1;
        deepest = std::max(deepest, depth[left]);
      }
    }
    trees_.push_back({root, deepest});
  }
}

void RowWalk::add(const DenseRows& rows, std::size_t first, std::size_t count, double* sums) const {
  const float* values[tile];
  for (std::size_t i = 0; i < count; ++i) values[i] = rows.row(first + i);
  // The last group walks some of its rows twice and takes them once.
  const std::size_t whole = (count + side_by_side - 1) / side_by_side * side_by_side;
  for (std::size_t i = count; i < whole; ++i) values[i] = values[count - 1];
  for (const Tree tree : trees_) {
    for (std::size_t group = 0; group < whole; group += side_by_side) {
      std::uint32_t at[side_by_side];
      for (std::uint32_t& node : at) node = tree.root;
      for (std::uint32_t step = 0; step < tree.depth; ++step) {
        for (std::size_t i = 0; i < side_by_side; ++i) {
          const Node& node = nodes_[at[i]];
          at[i] = node.left + static_cast<std::uint32_t>(values[group + i][node.column] > node.threshold);
        }
      }
      for (std::size_t i = 0; i < std::min(side_by_side, count - group); ++i) sums[group + i] += nodes_[at[i]].value;
    }
  }
}

}  // namespace caloscope
