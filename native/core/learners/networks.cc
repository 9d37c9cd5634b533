#include "core/learners/networks.h"

#include <algorithm>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

void require_empty_voxels(const Network& network, const FeatureTable& table) {
  const auto& centre = network.standardisation.centre;
  if (std::any_of(centre.begin() + table.scalars(), centre.end(), [](float x) { return x != 0; })) {
    throw Error(ErrorCode::classifier, "the standardisation shifts voxels; an empty voxel must stay 0");
  }
}

}  // namespace

void validate(Networks networks) {
  for (const auto& network : networks) network->validate();
}

void require_fit(Networks networks, const FeatureTable& table) {
  for (const auto& network : networks) {
    if (network->inputs() != table.columns()) {
      throw Error(ErrorCode::shape, "the classifier takes " + std::to_string(network->inputs()) +
                                        " features, the sample gives " + std::to_string(table.columns()));
    }
    require_empty_voxels(*network, table);
  }
}

}  // namespace caloscope
