#pragma once

#include <cstdint>

#include "core/samples/geometry.h"
#include "core/samples/shower_moments.h"

namespace caloscope {

/// What an entry of a table of observables or features stands for: one number of the shower, or one of each layer. Angular: of
/// layers where η and φ mean something, and of showers that have such layers. Over `several_…`: none of the only layer, where
/// it would be that of the shower once more. Over `later_layers`: all but the first.
enum class Over : std::uint8_t {
  shower,
  angular_shower,
  layers,
  angular_layers,
  several_layers,
  several_angular_layers,
  later_layers
};

constexpr bool is_of_shower(Over over) { return over == Over::shower || over == Over::angular_shower; }

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
  const auto is_angular = [&](std::uint32_t layer) { return geometry.angular[layer] != 0; };
  const auto all = [&](std::uint32_t first, const auto& has) {
    for (std::uint32_t layer = first; layer < geometry.layers(); ++layer) {
      if (has(layer)) visit(layer);
    }
  };
  const auto any = [](std::uint32_t) { return true; };
  const bool several = geometry.layers() > 1;
  switch (over) {
    case Over::shower: return visit(0);
    case Over::angular_shower: {
      bool has_angles = false;
      for (const auto angular : geometry.angular) has_angles |= angular != 0;
      if (has_angles) visit(0);
      return;
    }
    case Over::layers: return all(0, any);
    case Over::angular_layers: return all(0, is_angular);
    case Over::several_layers: return several ? all(0, any) : void();
    case Over::several_angular_layers: return several ? all(0, is_angular) : void();
    case Over::later_layers: return all(1, any);
  }
}

}  // namespace caloscope
