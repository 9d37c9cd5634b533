#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/samples/geometry.h"

namespace caloscope::naive {

/// A shower with all its voxels, zeros included, in extended precision: sums as they are written in the definitions.
struct Shower {
  const Geometry& geometry;
  std::vector<long double> energy;  ///< MeV, one a voxel, cut

  Shower(const Geometry& where, const float* voxels, double threshold) : geometry(where) {
    for (std::uint32_t voxel = 0; voxel < where.voxels(); ++voxel) {
      energy.push_back(voxels[voxel] < threshold ? 0 : voxels[voxel]);
    }
  }

  long double sum(std::uint32_t layer, const std::function<long double(std::uint32_t voxel)>& term) const {
    long double result = 0;
    for (auto v = geometry.first_voxel[layer]; v < geometry.first_voxel[layer + 1]; ++v) result += term(v);
    return result;
  }
  long double layer_energy(std::uint32_t layer) const {
    return sum(layer, [&](std::uint32_t v) { return energy[v]; });
  }
  long double total() const {
    long double result = 0;
    for (std::uint32_t layer = 0; layer < geometry.layers(); ++layer) result += layer_energy(layer);
    return result;
  }
  long double occupancy(std::uint32_t layer) const {
    return sum(layer, [&](std::uint32_t v) { return energy[v] > 0 ? 1 : 0; }) / sum(layer, [](auto) { return 1; });
  }
  long double centre(std::uint32_t layer, const std::vector<double>& position, long double softening) const {
    return sum(layer, [&](std::uint32_t v) { return position[v] * energy[v]; }) / (layer_energy(layer) + softening);
  }
  /// From the difference of the moments, as published; extended precision pays for the cancellation.
  long double width(std::uint32_t layer, const std::vector<double>& position, long double softening) const {
    const long double first = centre(layer, position, softening);
    const long double second = sum(layer, [&](std::uint32_t v) { return position[v] * position[v] * energy[v]; }) /
                               (layer_energy(layer) + softening);
    return std::sqrt(std::max(0.0L, second - first * first));
  }
};

}  // namespace caloscope::naive
