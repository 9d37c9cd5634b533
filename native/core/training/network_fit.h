#pragma once

#include <span>

#include "core/networks/network.h"
#include "core/samples/feature_table.h"

namespace caloscope {

/// Throws Error(shape) unless all networks take the columns of the table, Error(classifier) where one would turn an empty
/// voxel into something else than 0.
void require_fit(std::span<const Network> networks, const FeatureTable& table);

}  // namespace caloscope
