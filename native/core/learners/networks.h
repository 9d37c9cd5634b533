#pragma once

#include <memory>
#include <span>

#include "core/networks/network.h"
#include "core/samples/feature_table.h"

namespace caloscope {

/// Networks that are scored together. They do not change, and live as long as something uses them.
using Networks = std::span<const std::shared_ptr<const Network>>;

/// Throws Error(classifier) or Error(non_finite) for an unsound network.
void validate(Networks networks);

/// Throws Error(shape) unless all networks take the columns of the table, Error(classifier) where one would turn an empty
/// voxel into something else than 0.
void require_fit(Networks networks, const FeatureTable& table);

}  // namespace caloscope
