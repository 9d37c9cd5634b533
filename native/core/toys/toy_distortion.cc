#include "core/toys/toy_distortion.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Which strengths a distortion takes.
struct StrengthRange {
  double least, most;
  bool open_least = false, open_most = false;  ///< whether the end itself is refused
};

constexpr double unlimited = 1e6;

StrengthRange strength_range(DistortionKind kind) {
  switch (kind) {
    case DistortionKind::none: return {-unlimited, unlimited};
    case DistortionKind::energy_scale:
    case DistortionKind::width: return {.least = -1, .most = unlimited, .open_least = true};
    case DistortionKind::missing_tail:
    case DistortionKind::dead_voxels: return {.least = 0, .most = 1, .open_most = true};
    case DistortionKind::noise: return {0, unlimited};
    case DistortionKind::over_smoothing: return {0, 1};
    case DistortionKind::depth_shift: return {-3, 3};
  }
  throw Error(ErrorCode::argument, "unknown distortion");
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// Adds to `after` what every voxel of `before` keeps and gives to its neighbours. The share of a neighbour that does
/// not exist stays where it is.
void spread(const ToyGeometry& geometry, const ToyLayer& layer, double share, std::span<const double> before,
            std::span<double> after) {
  const auto give = [&](std::size_t from, bool exists, std::size_t to) {
    after[layer.first_voxel + (exists ? to : from)] += 0.25 * share * before[layer.first_voxel + from];
  };
  const std::size_t rows = layer.rows;
  const std::size_t columns = layer.columns;
  const bool wraps = geometry.cylindrical;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t voxel = row * columns + column;
      if (before[layer.first_voxel + voxel] == 0) continue;
      after[layer.first_voxel + voxel] += (1 - share) * before[layer.first_voxel + voxel];
      give(voxel, column > 0, voxel - 1);
      give(voxel, column + 1 < columns, voxel + 1);
      give(voxel, wraps || row > 0, (row + rows - 1) % rows * columns + column);
      give(voxel, wraps || row + 1 < rows, (row + 1) % rows * columns + column);
    }
  }
}

}  // namespace

void check_distortion(const Distortion& distortion) {
  const auto [least, most, open_least, open_most] = strength_range(distortion.kind);
  const double s = distortion.strength;
  const bool good = std::isfinite(s) && (open_least ? s > least : s >= least) && (open_most ? s < most : s <= most);
  if (!good) {
    throw Error(ErrorCode::argument, "a strength of " + std::to_string(s) + " is outside the range of \"" +
                                         std::string(name_of(distortion.kind)) + "\"");
  }
}

bool has_exact_ratio(const Distortion& distortion) { return distortion.kind == DistortionKind::depth_shift; }

double depth_shift_log_ratio(double strength, double z_t) { return strength * (0.5 * strength - z_t); }

double depth_shift_auc(double strength) { return normal_cdf(std::abs(strength) / std::numbers::sqrt2); }

double distorted_depth(const Distortion& distortion, double z_t, RandomStream& random) {
  if (distortion.kind == DistortionKind::depth_shift) return z_t + distortion.strength;
  if (distortion.kind == DistortionKind::missing_tail) {
    while (normal_cdf(-z_t) < distortion.strength) z_t = random.normal();
  }
  return z_t;
}

std::vector<std::uint8_t> dead_voxels(std::size_t voxels, double share) {
  constexpr std::uint64_t key = 0xdead;
  std::vector<std::uint8_t> dead(voxels);
  for (std::size_t voxel = 0; voxel < voxels; ++voxel) dead[voxel] = RandomStream(key, voxel).uniform() < share;
  return dead;
}

void smooth(const ToyGeometry& geometry, double share, std::span<double> voxels, std::span<double> scratch) {
  std::copy(voxels.begin(), voxels.end(), scratch.begin());
  std::fill(voxels.begin(), voxels.end(), 0.0);
  for (const ToyLayer& layer : geometry.layers) spread(geometry, layer, share, scratch, voxels);
}

void add_noise(double sigma, std::span<double> voxels, RandomStream& random) {
  for (double& energy : voxels) {
    energy += sigma * random.normal();
    if (energy < 2 * sigma) energy = 0;
  }
}

}  // namespace caloscope
