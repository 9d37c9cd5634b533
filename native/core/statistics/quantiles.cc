#include "core/statistics/quantiles.h"

#include <algorithm>

namespace caloscope {

double quantile(std::span<const double> sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(position), sorted.size() - 1);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = position - static_cast<double>(below);
  const double step = sorted[above] - sorted[below];
  return part < 0.5 ? sorted[below] + step * part : sorted[above] - step * (1 - part);
}

WeightedQuantiles::WeightedQuantiles(std::vector<std::pair<double, double>> rows) : sorted_(std::move(rows)) {
  std::erase_if(sorted_, [](const auto& row) { return row.second == 0; });
  std::sort(sorted_.begin(), sorted_.end());
  for (const auto& [value, weight] : sorted_) all_ += weight;
}

double WeightedQuantiles::next(double share) {
  while (at_ + 1 < sorted_.size() && below_.value() + sorted_[at_].second < share * all_.value()) {
    below_ += sorted_[at_++].second;
  }
  return sorted_[at_].first;
}

}  // namespace caloscope
