#include "core/samples/shower_quantities.h"

#include <algorithm>
#include <cmath>

namespace caloscope {

double energy_ratio(ShowerMoments& shower) { return shower.deposited_energy() / shower.incident_energy(); }

double depth(ShowerMoments& shower) {
  double first = 0;
  for (std::uint32_t l = 0; l < shower.geometry().layers(); ++l) first += l * shower.layer(l).energy;
  return first / (shower.deposited_energy() + empty_softening);
}

double depth_width(ShowerMoments& shower) {
  const double mean = depth(shower);
  double second = 0;
  for (std::uint32_t l = 0; l < shower.geometry().layers(); ++l) {
    const double distance = l - mean;
    second += distance * distance * shower.layer(l).energy;
  }
  return width_of(second / (shower.deposited_energy() + empty_softening), mean);
}

double lit_voxels(ShowerMoments& shower) {
  double lit = 0;
  for (const auto& layer : shower.layers()) lit += layer.lit;
  return lit;
}

double brightest_fraction(ShowerMoments& shower) {
  const auto& energy = shower.hits().energy;
  const auto brightest = std::max_element(energy.begin(), energy.end());
  return brightest == energy.end() ? 0 : *brightest / (shower.deposited_energy() + empty_softening);
}

}  // namespace caloscope
