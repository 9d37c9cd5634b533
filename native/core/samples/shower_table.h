#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/samples/hit_block.h"

namespace caloscope {

class JobControl;

/// The hits of one shower: voxels with an energy other than zero, in ascending order of the voxel.
struct Hits {
  std::vector<std::uint32_t> voxel;
  std::vector<double> energy;  ///< MeV

  void clear() {
    voxel.clear();
    energy.clear();
  }
  std::size_t size() const { return voxel.size(); }
};

/// Showers, one row each, of which only the hits are kept, in the blocks in which they came: what is there is never moved
/// when more is appended. Nothing is lost: a block holds its energies in float32, and in float64 where one needs it.
class ShowerTable {
 public:
  /// `expected_rows` is a hint that saves reallocation; 0 if unknown. Throws Error(argument) for 0 voxels.
  ShowerTable(std::uint32_t voxels, std::uint64_t expected_rows);

  std::uint32_t voxels() const { return voxels_; }
  std::uint64_t rows() const { return incident_energy_.size(); }
  std::uint64_t hits() const { return hits_; }
  /// Whether any energies are held in float64.
  bool wide_energies() const;
  std::size_t bytes() const;

  /// MeV, one entry a row.
  std::span<const double> incident_energies() const { return incident_energy_; }

  /// Appends whole showers: `incident_energies` (rows) and `voxels` (rows × voxels, row by row), both in MeV.
  /// Throws Error(shape) when the sizes do not fit, Error(non_finite) for a NaN or infinity; the table is then
  /// as before.
  void append(std::span<const double> incident_energies, std::span<const float> voxels);
  void append(std::span<const double> incident_energies, std::span<const double> voxels);

  /// Appends a block without copying its hits. Throws Error(shape) when it has other voxels, Error(non_finite) for a NaN or
  /// infinity; the table is then as before.
  void append(HitBlock block);

  /// Calls `visit(voxel, energy)` for each hit of a shower, in ascending order of the voxel.
  template <class Visit>
  void for_each_hit(std::uint64_t row, const Visit& visit) const {
    const Place place = place_of(row);
    blocks_[place.block].for_each_hit(place.row, visit);
  }

  /// Puts the hits of a shower with energies not below `threshold` (MeV) into `hits`; -infinity keeps all.
  void read(std::uint64_t row, double threshold, Hits& hits) const;

  std::uint32_t hits_of(std::uint64_t row) const {
    const Place place = place_of(row);
    return blocks_[place.block].hits_of(place.row);
  }

  /// Whether the shower has no hit at all.
  bool empty(std::uint64_t row) const { return hits_of(row) == 0; }

  /// A copy without some showers. Throws Error(argument) unless `removed` are rows of the table, in ascending order.
  ShowerTable without(std::span<const std::uint64_t> removed, const JobControl& control) const;

  /// A number that is equal for equal showers (same hits, same incident energy) and different, with all but
  /// certainty, for others.
  std::uint64_t fingerprint(std::uint64_t row) const;

 private:
  /// Where a shower is: a block, and a row of it.
  struct Place {
    std::size_t block;
    std::uint64_t row;
  };

  template <class T>
  void append_dense(std::span<const double> incident_energies, std::span<const T> voxels);
  void reserve_rows(std::uint64_t added);
  Place place_of(std::uint64_t row) const;

  std::uint32_t voxels_;
  std::uint64_t expected_rows_;
  std::uint64_t hits_ = 0;
  std::vector<double> incident_energy_;
  std::vector<HitBlock> blocks_;
  std::vector<std::uint64_t> first_row_;  ///< of each block, ascending
};

}  // namespace caloscope
