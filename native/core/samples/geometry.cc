#include "core/samples/geometry.h"

#include "core/run/error.h"

namespace caloscope {

void Geometry::validate() const {
  if (layers() == 0 || first_voxel.front() != 0) {
    throw Error(ErrorCode::shape, "a geometry needs at least one layer, and its first voxel is number 0");
  }
  for (std::uint32_t layer = 0; layer < layers(); ++layer) {
    if (first_voxel[layer] >= first_voxel[layer + 1]) {
      throw Error(ErrorCode::shape, "layer " + std::to_string(layer) + " of the geometry has no voxels");
    }
  }
  if (layer_id.size() != layers() || angular.size() != layers() || eta.size() != voxels() ||
      phi.size() != voxels() || radius.size() != voxels()) {
    throw Error(ErrorCode::shape, "the arrays of the geometry do not have one entry a layer and one a voxel");
  }
  if (length_unit.empty()) throw Error(ErrorCode::shape, "the geometry does not say the unit of its lengths");
  if (definitions == Definitions::calogan && layers() != 3) {
    throw Error(ErrorCode::shape, "the calogan feature sets are defined for three layers");
  }
}

}  // namespace caloscope
