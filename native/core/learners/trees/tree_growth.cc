#include "core/learners/trees/tree_growth.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace caloscope {
namespace {

/// Columns of a tile of the search for splits.
constexpr std::size_t search_columns = 8;
/// Rows of a tile that are divided among two children.
constexpr std::size_t divided_rows = 16384;
/// How many rows ahead memory is asked for.
constexpr std::size_t rows_ahead = 16;

constexpr std::size_t tiles_of(std::size_t count, std::size_t tile) { return (count + tile - 1) / tile; }

/// Rows up to the bin stay, in their order, at the beginning of `rows`, the others go to `aside`. Returns how many
/// stay.
std::size_t divide_tile(const std::uint8_t* bins, std::uint32_t bin, std::span<std::uint32_t> rows,
                        std::uint32_t* aside) {
  std::size_t staying = 0;
  const std::size_t last = rows.size() - 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t row = rows[i];
    __builtin_prefetch(bins + std::size_t{rows[std::min(i + rows_ahead, last)]} * BinnedRows::group_columns);
    const bool stays = bins[std::size_t{row} * BinnedRows::group_columns] <= bin;
    rows[staying] = row;
    aside[i - staying] = row;
    staying += stays;
  }
  return staying;
}

}  // namespace

TreeGrowth::TreeGrowth(const BinnedRows& binned, const GrowthRule& rule, WorkerPool& pool, const JobControl& control)
    : binned_(binned), rule_(rule), pool_(pool), control_(control), summation_(binned), order_(binned.rows()),
      aside_(binned.rows()) {}

bool TreeGrowth::grow(std::span<const std::uint64_t> gradients, const std::vector<std::uint32_t>& columns,
                      BoostedTrees& trees) {
  for (auto& leaf : leaves_) reuse(std::move(leaf.sums));
  leaves_.clear();
  if (columns.empty()) return false;
  columns_ = columns;
  summation_.choose(columns);
  std::iota(order_.begin(), order_.end(), 0U);

  Node root;
  root.last = order_.size();
  root.sums = summed(root, gradients);
  const BinnedColumn& any = binned_.columns()[columns.front()];
  for (std::uint32_t bin = 0; bin < any.bins(); ++bin) root.total += root.sums->at(any.first_bin + bin);
  find_splits(root, nullptr);
  if (!(root.best.gain > 0)) return false;
  add_leaf(root, trees);
  leaves_.push_back(std::move(root));
  while (leaves_.size() < rule_.leaves) {
    const auto best = std::ranges::max_element(leaves_, {}, [](const Node& leaf) { return leaf.best.gain; });
    if (!(best->best.gain > 0)) break;
    split(static_cast<std::size_t>(best - leaves_.begin()), leaves_.size() + 1 == rule_.leaves, gradients, trees);
  }
  trees.first_node.push_back(static_cast<std::uint32_t>(trees.nodes()));
  return true;
}

std::vector<TreeGrowth::Leaf> TreeGrowth::leaves() const {
  std::vector<Leaf> result;
  for (const Node& leaf : leaves_) {
    result.push_back({std::span(order_).subspan(leaf.first, leaf.last - leaf.first), leaf.value});
  }
  return result;
}

std::unique_ptr<BinSums> TreeGrowth::summed(const Node& node, std::span<const std::uint64_t> gradients) {
  if (unused_.empty()) unused_.push_back(std::make_unique<BinSums>(binned_.bins()));
  std::unique_ptr<BinSums> sums = std::move(unused_.back());
  unused_.pop_back();
  const auto rows = std::span<const std::uint32_t>(order_).subspan(node.first, node.last - node.first);
  summation_.run(rows, gradients, pool_, control_, *sums);
  return sums;
}

void TreeGrowth::reuse(std::unique_ptr<BinSums> sums) {
  if (sums) unused_.push_back(std::move(sums));
}

bool TreeGrowth::splittable(const Node& node) const {
  return node.total.rows >= 2 * std::uint64_t{rule_.split.least_rows} &&
         node.total.hessian >= 2 * rule_.split.least_hessian;
}

void TreeGrowth::find_splits(Node& node, Node* part) {
  const std::size_t tiles = tiles_of(columns_.size(), search_columns);
  std::vector<std::pair<Split, Split>> best(tiles);
  const auto take = [](Split& from, const Split& other) {
    if (other.gain > from.gain) from = other;
  };
  pool_.run(tiles, [&](std::size_t tile, unsigned) {
    control_.check();
    const std::size_t last = std::min(columns_.size(), (tile + 1) * search_columns);
    for (std::size_t i = tile * search_columns; i < last; ++i) {
      const BinnedColumn& column = binned_.columns()[columns_[i]];
      if (part) node.sums->subtract(*part->sums, column.first_bin, column.first_bin + column.bins());
      take(best[tile].first, best_split(binned_, columns_[i], *node.sums, node.total, rule_.split));
      if (part) take(best[tile].second, best_split(binned_, columns_[i], *part->sums, part->total, rule_.split));
    }
  });
  for (const auto& [of_node, of_part] : best) {
    take(node.best, of_node);
    if (part) take(part->best, of_part);
  }
}

std::size_t TreeGrowth::divide(const Node& node) {
  const std::size_t group = node.best.column / BinnedRows::group_columns;
  const std::uint8_t* bins = binned_.group(group) + node.best.column % BinnedRows::group_columns;
  const std::size_t count = node.last - node.first;
  std::uint32_t* const rows = &order_[node.first];
  std::vector<std::size_t> staying(tiles_of(count, divided_rows));
  const auto size_of = [&](std::size_t tile) { return std::min(divided_rows, count - tile * divided_rows); };
  pool_.run(staying.size(), [&](std::size_t tile, unsigned) {
    control_.check();
    const std::size_t first = tile * divided_rows;
    staying[tile] = divide_tile(bins, node.best.bin, {rows + first, size_of(tile)}, &aside_[first]);
  });
  std::size_t place = 0;
  for (std::size_t tile = 0; tile < staying.size(); ++tile) {
    const std::uint32_t* first = rows + tile * divided_rows;
    std::copy(first, first + staying[tile], rows + place);
    place += staying[tile];
  }
  const std::size_t left = place;
  for (std::size_t tile = 0; tile < staying.size(); ++tile) {
    const std::uint32_t* first = &aside_[tile * divided_rows];
    std::copy(first, first + (size_of(tile) - staying[tile]), rows + place);
    place += size_of(tile) - staying[tile];
  }
  return left;
}

void TreeGrowth::split(std::size_t leaf, bool last, std::span<const std::uint64_t> gradients, BoostedTrees& trees) {
  Node parent = std::move(leaves_[leaf]);
  Node left;
  Node right;
  left.first = parent.first;
  left.last = right.first = parent.first + divide(parent);
  right.last = parent.last;
  left.total = parent.best.left;
  right.total = parent.total - left.total;

  const BinnedColumn& column = binned_.columns()[parent.best.column];
  trees.column[parent.place] = column.column;
  trees.threshold[parent.place] = column.borders[parent.best.bin];
  trees.left[parent.place] = static_cast<std::uint32_t>(trees.nodes());
  trees.value[parent.place] = 0;
  add_leaf(left, trees);
  add_leaf(right, trees);

  if (!last && (splittable(left) || splittable(right))) {
    const bool left_is_smaller = left.total.rows <= right.total.rows;
    Node& smaller = left_is_smaller ? left : right;
    Node& larger = left_is_smaller ? right : left;
    larger.sums = std::move(parent.sums);
    smaller.sums = summed(smaller, gradients);
    find_splits(larger, &smaller);
  }
  for (Node* child : {&left, &right}) {
    if (!(child->best.gain > 0)) reuse(std::exchange(child->sums, nullptr));
  }
  reuse(std::move(parent.sums));
  leaves_[leaf] = std::move(left);
  leaves_.push_back(std::move(right));
}

void TreeGrowth::add_leaf(Node& node, BoostedTrees& trees) const {
  node.place = static_cast<std::uint32_t>(trees.nodes());
  const double slope = node.total.gradient / (node.total.hessian + rule_.split.l2);
  node.value = static_cast<float>(-rule_.step * slope);
  trees.column.push_back(0);
  trees.threshold.push_back(0);
  trees.left.push_back(0);
  trees.value.push_back(node.value);
}

}  // namespace caloscope
