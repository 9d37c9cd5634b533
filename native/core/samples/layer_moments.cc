#include "core/samples/layer_moments.h"

#include <algorithm>
#include <cmath>

namespace caloscope {

void layer_moments(const Geometry& geometry, const Hits& hits, std::vector<LayerMoments>& layers) {
  layers.resize(geometry.layers());
  std::size_t hit = 0;
  for (std::uint32_t l = 0; l < geometry.layers(); ++l) {
    LayerMoments layer;
    layer.voxels = geometry.first_voxel[l + 1] - geometry.first_voxel[l];
    layer.first_hit = hit;
    for (; hit < hits.size() && hits.voxel[hit] < geometry.first_voxel[l + 1]; ++hit) {
      layer.energy += hits.energy[hit];
      if (hits.energy[hit] > 0) ++layer.lit;
    }
    layer.end_hit = hit;
    layers[l] = layer;
  }
}

double width_of(double variance, double centre) {
  constexpr double rounding = 1e-14;
  return variance > rounding * centre * centre ? std::sqrt(variance) : 0;
}

Spread spread(const Hits& hits, const LayerMoments& layer, std::span<const double> position, double softening) {
  const double norm = layer.energy + softening;
  double first = 0;
  for (std::size_t hit = layer.first_hit; hit < layer.end_hit; ++hit) {
    first += position[hits.voxel[hit]] * hits.energy[hit];
  }
  const double centre = first / norm;
  double second = 0;
  for (std::size_t hit = layer.first_hit; hit < layer.end_hit; ++hit) {
    const double distance = position[hits.voxel[hit]] - centre;
    second += distance * distance * hits.energy[hit];
  }
  // With D = S + softening the definition differs from the centred sum by centre² (1 − S/D).
  const double variance = second / norm + centre * centre * (softening / norm);
  return {centre, width_of(variance, centre)};
}

}  // namespace caloscope
