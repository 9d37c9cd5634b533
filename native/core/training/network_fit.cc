#include "core/training/network_fit.h"

#include <algorithm>
#include <string>

#include "core/run/error.h"

namespace caloscope {

void require_fit(std::span<const Network> networks, const FeatureTable& table) {
  for (const auto& network : networks) {
    if (network.inputs() != table.columns()) {
      throw Error(ErrorCode::shape, "the classifier takes " + std::to_string(network.inputs()) +
                                        " features, the sample gives " + std::to_string(table.columns()));
    }
    const auto& centre = network.standardisation.centre;
    if (std::any_of(centre.begin() + table.scalars(), centre.end(), [](float x) { return x != 0; })) {
      throw Error(ErrorCode::classifier, "the standardisation shifts voxels; an empty voxel must stay 0");
    }
  }
}

}  // namespace caloscope
