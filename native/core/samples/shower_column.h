#pragma once

#include <cstdint>

#include "core/samples/geometry.h"
#include "core/samples/shower_moments.h"

namespace caloscope {

/// What an entry of a table of observables or features stands for: one number of the shower, or one of each layer. Over
/// `several_layers`: none of the only layer, where it would be that of the shower once more.
enum class Over : std::uint8_t { shower, layers, angular_layers, several_layers };

/// Where in a shower a number is taken.
struct Place {
  std::uint32_t layer = 0;
  std::uint32_t rank = 0;  ///< among the brightest voxels of the layer, from 0
};

/// Computes one number of a shower from its moments.
using ShowerValue = double (*)(ShowerMoments& shower, Place at);

/// A number of a shower and where it is taken.
struct PlacedValue {
  ShowerValue value;
  Place place;

  double of(ShowerMoments& shower) const { return value(shower, place); }
};

/// Calls `visit(layer)` for each layer that an entry has a number of; once, with layer 0, for one of the whole shower.
template <class Visit>
void for_each_layer(Over over, const Geometry& geometry, const Visit& visit) {
  if (over == Over::several_layers && geometry.layers() == 1) return;
  for (std::uint32_t layer = 0; layer < (over == Over::shower ? 1 : geometry.layers()); ++layer) {
    if (over != Over::angular_layers || geometry.angular[layer] != 0) visit(layer);
  }
}

}  // namespace caloscope
