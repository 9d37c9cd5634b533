#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

#include "core/run/random.h"
#include "core/toys/toy_geometry.h"
#include "core/toys/toy_profile.h"

namespace caloscope {

// The innermost loop of the toy simulation, some thousand times a shower: hence inline, and hence its own sine and
// cosine.

/// A portion of energy at one point of a layer.
struct EnergySpot {
  double energy;            ///< MeV
  double radius;            ///< mm from the shower axis
  std::uint32_t direction;  ///< azimuth in units of 2π / 2^32, from -π
};

/// Uniform in (0,1).
inline double unit_interval(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

/// Exponentially distributed with mean 1, from 2^24 equally likely values up to 17.3.
inline double exponential(std::uint32_t word) { return -std::log((static_cast<float>(word >> 8) + 0.5F) * 0x1p-24F); }

struct Direction {
  double cosine, sine;
};

/// Cosine and sine of -π + 2π (word + ½) / 2^32, good to 4e-6: the nearest multiple of π/2 and a short Taylor
/// series.
inline Direction direction(std::uint32_t word) {
  constexpr std::uint32_t eighth = 0x20000000;
  const std::uint32_t turned = word + eighth;
  const double x = (static_cast<double>(turned & 0x3fffffffU) - eighth + 0.5) * (2 * std::numbers::pi * 0x1p-32);
  const double x2 = x * x;
  const double sine = x * (1 - x2 / 6 * (1 - x2 / 20 * (1 - x2 / 42)));
  const double cosine = 1 - x2 / 2 * (1 - x2 / 12 * (1 - x2 / 30));
  // Quadrants are centred on -π, -π/2, 0 and π/2: selected without branches, which no processor could predict.
  const std::uint32_t quadrant = turned >> 30;
  const bool odd = (quadrant & 1U) != 0;
  const double c = odd ? sine : cosine;
  const double s = odd ? cosine : sine;
  return {quadrant == 0 || quadrant == 3 ? -c : c, quadrant < 2 ? -s : s};
}

/// Throws the spots of one slice of a shower: radii from the two components of the radial profile, each cut at the
/// geometry's largest radius, exponentially distributed energies, uniform azimuth. The geometry says which share of
/// the spots is of the tail; the spots of a component share its energy.
///
/// The core is sampled as it is. Of the tail, with s = 1 + (r/R_T)² and density 1/s², more spots are thrown at large
/// radii (density ∝ s^(-3/2)) and each carries the less energy (∝ s^(-1/2)): the mean energy density is that of the
/// profile, while the halo is made of many soft spots, as low-energy photons make it.
class SpotSource {
 public:
  /// `mean_energy`: of a spot of either component, MeV. `stretch` multiplies all radii.
  SpotSource(const ToyGeometry& geometry, const RadialProfile& radial, double mean_energy, double stretch);

  /// The spots that independent 32-bit numbers stand for.
  EnergySpot core_spot(const Philox::Block& random) const {
    // The share of the profile within r is u = r² / (r² + R²).
    const double u = core_largest_u_ * unit_interval(random[1]);
    return {core_energy_ * exponential(random[0]), core_radius_ * std::sqrt(u / (1 - u)), random[2]};
  }
  EnergySpot tail_spot(const Philox::Block& random) const {
    // v = 1/√s is uniform between its smallest value and 1.
    const double v = 1 - (1 - tail_smallest_v_) * unit_interval(random[1]);
    return {tail_energy_ * v * exponential(random[0]), tail_radius_ * std::sqrt(1 - v * v) / v, random[2]};
  }

 private:
  double core_energy_, core_radius_, core_largest_u_;
  double tail_energy_, tail_radius_, tail_smallest_v_;
};

/// Finds the voxel of a spot in one layer.
class LayerFace {
 public:
  LayerFace(const ToyGeometry& geometry, const ToyLayer& layer);

  static constexpr int beside = -1;

  /// The voxel, counted from the layer's first, or `beside` when the spot misses the face.
  int voxel(const EnergySpot& spot) const {
    double row, column;
    if (cylindrical_) {
      row = unit_interval(spot.direction) * rows_;
      column = spot.radius * columns_per_mm_;
    } else {
      const Direction towards = direction(spot.direction);
      row = 0.5 * rows_ + spot.radius * towards.sine * rows_per_mm_;
      column = 0.5 * columns_ + spot.radius * towards.cosine * columns_per_mm_;
    }
    if (!(row >= 0 && row < rows_ && column >= 0 && column < columns_)) return beside;
    return static_cast<int>(row) * static_cast<int>(columns_) + static_cast<int>(column);
  }

 private:
  bool cylindrical_;
  double rows_, columns_;
  double rows_per_mm_, columns_per_mm_;
};

}  // namespace caloscope
