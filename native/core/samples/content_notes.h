#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "core/samples/hit_block.h"

namespace caloscope {

/// Something odd: how often, and in which row and voxel first.
struct Oddity {
  std::uint64_t count = 0;
  std::uint64_t first_row = 0;
  std::uint32_t first_voxel = 0;

  void note(std::uint64_t row, std::uint32_t voxel = 0) {
    if (count++ > 0) return;
    first_row = row;
    first_voxel = voxel;
  }
};

/// Smallest and largest of what was seen; NaN is in no range.
struct Range {
  double smallest = std::numeric_limits<double>::infinity();
  double largest = -std::numeric_limits<double>::infinity();

  void widen(double low, double high) {
    if (low < smallest) smallest = low;
    if (high > largest) largest = high;
  }
};

/// What was seen in the numbers of a block of showers; energies in MeV.
struct ContentNotes {
  Oddity non_finite_voxels, negative_voxels, non_finite_energies, bad_energies, empty_showers;
  /// Showers that deposit more than ten times their incident energy, with their brightest voxel.
  Oddity excess_deposits;
  Range incident_energy;
  /// Of all voxels after the policy, without those that are not finite.
  Range voxel_energy;
  /// Deposited over incident energy of the showers with both.
  std::vector<double> ratios;
  /// Voxels above 0 by layer.
  std::vector<double> layer_hits;
};

/// Which odd voxels are set to 0.
struct ContentPolicy {
  bool zero_non_finite = false;
  bool zero_negative = false;
};

/// Looks at all numbers of a block whose first shower is row `first_row` of its file, and sets voxels to 0 as the policy
/// says. `layer_starts` has the first voxel of each layer, ascending from 0; without it layers are not counted.
ContentNotes take_notes(HitBlock& block, std::uint64_t first_row, ContentPolicy policy,
                        const std::vector<std::uint32_t>& layer_starts);

}  // namespace caloscope
