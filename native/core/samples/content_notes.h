#pragma once

#include <cmath>
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

/// Showers that were taken out of a block because of their numbers.
struct DroppedRows {
  std::vector<std::uint64_t> rows;  ///< of the block, ascending
  /// How many of them hold NaN or infinities.
  std::uint64_t non_finite = 0;

  void drop(std::uint64_t row, bool holds_non_finite) {
    rows.push_back(row);
    non_finite += holds_non_finite;
  }
};

/// What was seen in the numbers of a block of showers, without those that were dropped; energies in MeV.
struct ContentNotes {
  DroppedRows dropped;
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

/// What is done with showers of odd numbers: their voxels set to 0, or the showers dropped. An incident energy can neither be set
/// to 0 nor kept: where showers of either kind are dropped, so are those whose incident energy is no number above 0.
struct ContentPolicy {
  bool zero_non_finite = false;
  bool zero_negative = false;
  bool drop_non_finite = false;
  bool drop_negative = false;

  bool drops_any() const { return drop_non_finite || drop_negative; }
  /// @param non_finite, negative whether the voxels or points of the shower hold such numbers
  bool drops(double incident_energy, bool non_finite, bool negative) const {
    if (!(incident_energy > 0) || std::isinf(incident_energy)) return drops_any();
    return (non_finite && drop_non_finite) || (negative && drop_negative);
  }
};

/// Looks at all numbers of a block whose first shower is row `first_row` of its file, and sets voxels to 0 and takes showers out as
/// the policy says. `layer_starts` has the first voxel of each layer, ascending from 0; without it layers are not counted.
/// `odd_points` are showers that are to be dropped for what they were made of.
ContentNotes take_notes(HitBlock& block, std::uint64_t first_row, ContentPolicy policy,
                        const std::vector<std::uint32_t>& layer_starts, const DroppedRows& odd_points = {});

}  // namespace caloscope
