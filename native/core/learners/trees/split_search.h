#pragma once

#include <cstdint>

#include "core/learners/trees/binned_rows.h"
#include "core/learners/trees/gradient_sums.h"

namespace caloscope {

/// What a split must keep to; in quanta.
struct SplitRule {
  std::uint32_t least_rows = 1;  ///< of a leaf
  double least_hessian = 1;      ///< of a leaf
  double l2 = 0;                 ///< added to second derivatives

  bool allows(const GradientSum& leaf) const { return leaf.rows >= least_rows && leaf.hessian >= least_hessian; }
  /// How much the second-order loss of a leaf falls by its best value, times 2.
  double quality(const GradientSum& leaf) const { return leaf.gradient * leaf.gradient / (leaf.hessian + l2); }
};

/// Rows up to a bin of a column go left.
struct Split {
  double gain = 0;  ///< quality of both sides less that of the node; 0: there is none
  std::uint32_t column = 0;  ///< place in BinnedRows::columns
  std::uint32_t bin = 0;
  GradientSum left;
};

/// The best split of a node by one column; of equally good ones that with the lowest bin. `sums` are of the node, which
/// has `total` in all.
Split best_split(const BinnedRows& binned, std::uint32_t column, const BinSums& sums, const GradientSum& total,
                 const SplitRule& rule);

}  // namespace caloscope
