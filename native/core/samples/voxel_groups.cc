#include "core/samples/voxel_groups.h"

#include <algorithm>

namespace caloscope {

VoxelGroups::VoxelGroups(const Geometry& geometry, Limits limits) : first_voxel_(geometry.first_voxel), first_group_{0} {
  const std::uint32_t voxels = geometry.voxels();
  if (voxels > limits.most_voxels) size_ = (voxels - 1) / limits.groups + 1;
  for (std::size_t layer = 0; layer + 1 < first_voxel_.size(); ++layer) {
    const std::uint32_t of_layer = first_voxel_[layer + 1] - first_voxel_[layer];
    first_group_.push_back(first_group_.back() + of_layer / size_ + (of_layer % size_ != 0));
  }
}

std::string VoxelGroups::name(std::uint32_t group) const {
  if (size_ == 1) return "voxel_" + std::to_string(group);
  const auto above = std::upper_bound(first_group_.begin(), first_group_.end(), group);
  const auto layer = static_cast<std::size_t>(above - first_group_.begin()) - 1;
  const std::uint32_t first = first_voxel_[layer] + (group - first_group_[layer]) * size_;
  const std::uint32_t last = std::min(first + size_, first_voxel_[layer + 1]) - 1;
  return "voxels_" + std::to_string(first) + "_to_" + std::to_string(last);
}

void VoxelGroups::sum(Hits& hits) const {
  if (size_ == 1) return;
  std::size_t layer = 0;
  std::size_t kept = 0;
  for (std::size_t hit = 0; hit < hits.size();) {
    const std::uint32_t voxel = hits.voxel[hit];
    while (voxel >= first_voxel_[layer + 1]) ++layer;
    const std::uint32_t within = (voxel - first_voxel_[layer]) / size_;
    const std::uint32_t end = std::min(first_voxel_[layer] + (within + 1) * size_, first_voxel_[layer + 1]);
    double sum = 0;
    for (; hit < hits.size() && hits.voxel[hit] < end; ++hit) sum += hits.energy[hit];
    if (sum == 0) continue;
    hits.voxel[kept] = first_group_[layer] + within;
    hits.energy[kept++] = sum;
  }
  hits.voxel.resize(kept);
  hits.energy.resize(kept);
}

}  // namespace caloscope
