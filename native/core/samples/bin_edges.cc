#include "core/samples/bin_edges.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/run/error.h"

namespace caloscope {

BinEdges::BinEdges(std::vector<double> edges) : edges_(std::move(edges)) {
  bool sound = edges_.size() >= 2 && edges_.size() < none;
  for (std::size_t i = 0; sound && i < edges_.size(); ++i) {
    sound = std::isfinite(edges_[i]) && (i == 0 || edges_[i] > edges_[i - 1]);
  }
  if (!sound) throw Error(ErrorCode::argument, "bins need two edges at least, finite and ascending");
  const double width = (edges_.back() - edges_.front()) / bins();
  bins_per_length_ = 1 / width;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    equal_ = equal_ && std::abs(edges_[i] - (edges_.front() + static_cast<double>(i) * width)) <= 0.25 * width;
  }
}

std::uint32_t BinEdges::search(double number) const {
  const auto above = std::upper_bound(edges_.begin(), edges_.end(), number);
  return static_cast<std::uint32_t>(above - edges_.begin() - 1);
}

}  // namespace caloscope
