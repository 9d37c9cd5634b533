#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caloscope {

/// Where the voxels are, as far as the core needs it.
struct Geometry {
  /// Which published definitions of the feature sets apply (see feature_set.h).
  enum class Definitions { calochallenge, calogan };

  /// What the two coordinates across the shower axis are called: η and φ, or the columns and rows of a plain grid.
  enum class Transverse { eta_phi, x_y };

  explicit Geometry(Definitions which) : definitions(which) {}

  Definitions definitions;
  Transverse transverse = Transverse::eta_phi;
  /// Layer l holds the voxels [first_voxel[l], first_voxel[l + 1]); one entry more than there are layers.
  std::vector<std::uint32_t> first_voxel;
  /// The number that the experiment gives the layer; used in column names.
  std::vector<std::uint32_t> layer_id;
  /// One entry a layer: whether centre of energy and width in eta and phi mean something there.
  std::vector<std::uint8_t> angular;
  /// The unit of all positions, as it is shown: mm, or voxel for a plain grid.
  std::string length_unit;
  /// Bin centres, one entry a voxel; `eta` and `phi` are x and y in a plain grid.
  std::vector<double> eta, phi, radius;

  std::uint32_t voxels() const { return first_voxel.empty() ? 0 : first_voxel.back(); }
  std::uint32_t layers() const {
    return first_voxel.empty() ? 0 : static_cast<std::uint32_t>(first_voxel.size() - 1);
  }

  /// Throws Error(shape) unless all arrays fit together, every layer has at least one voxel and lengths have a unit.
  void validate() const;
};

constexpr std::string_view name_of(Geometry::Definitions definitions) {
  switch (definitions) {
    case Geometry::Definitions::calochallenge: return "calochallenge";
    case Geometry::Definitions::calogan: return "calogan";
  }
  return {};
}

constexpr std::string_view name_of(Geometry::Transverse transverse) {
  switch (transverse) {
    case Geometry::Transverse::eta_phi: return "eta-phi";
    case Geometry::Transverse::x_y: return "x-y";
  }
  return {};
}

}  // namespace caloscope
