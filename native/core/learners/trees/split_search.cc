#include "core/learners/trees/split_search.h"

namespace caloscope {

Split best_split(const BinnedRows& binned, std::uint32_t column, const BinSums& sums, const GradientSum& total,
                 const SplitRule& rule) {
  const BinnedColumn& place = binned.columns()[column];
  Split best;
  const double quality = rule.quality(total);
  GradientSum left;
  for (std::uint32_t bin = 0; bin + 1 < place.bins(); ++bin) {
    const GradientSum here = sums.at(place.first_bin + bin);
    if (here.rows == 0) continue;
    left += here;
    const GradientSum right = total - left;
    if (right.rows < rule.least_rows) break;
    if (!rule.allows(left) || right.hessian < rule.least_hessian) continue;
    const double gain = rule.quality(left) + rule.quality(right) - quality;
    if (gain > best.gain) best = {gain, column, bin, left};
  }
  return best;
}

}  // namespace caloscope
