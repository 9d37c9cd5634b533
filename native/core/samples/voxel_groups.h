#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/samples/geometry.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// Voxels that share a column of the network input: each its own, or, in detectors with very many, neighbours by number in their
/// layer. Networks have a weight for each column and hidden value, so that their memory and time would grow with the voxels, of
/// which most are never hit.
class VoxelGroups {
 public:
  /// From how many voxels on there are groups, and how many there are then, apart from the last one of each layer, which may be
  /// smaller.
  struct Limits {
    std::uint32_t most_voxels, groups;
  };
  static constexpr Limits usual{65'536, 16'384};
  static constexpr Limits none{UINT32_MAX, 1};

  VoxelGroups(const Geometry& geometry, Limits limits);

  std::uint32_t count() const { return first_group_.back(); }

  /// `voxel_7`, or `voxels_64_to_127` (both included).
  std::string name(std::uint32_t group) const;

  /// Puts the groups in place of the voxels and adds the values of each; groups whose values add to 0 are left out.
  void sum(Hits& hits) const;

 private:
  std::uint32_t size_ = 1;                 ///< voxels of a group
  std::vector<std::uint32_t> first_voxel_;  ///< of each layer, and after the last one
  std::vector<std::uint32_t> first_group_;
};

}  // namespace caloscope
