#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace caloscope {

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

/// Showers, one row each, of which only the hits are kept. Nothing is lost: energies are held in float32 until one
/// needs float64, then all are.
class ShowerTable {
 public:
  /// `expected_rows` is a hint that saves reallocation; 0 if unknown. Throws Error(argument) for 0 voxels.
  ShowerTable(std::uint32_t voxels, std::uint64_t expected_rows);

  std::uint32_t voxels() const { return voxels_; }
  std::uint64_t rows() const { return incident_energy_.size(); }
  std::uint64_t hits() const { return offset_.back(); }
  /// Whether energies are held in float64.
  bool wide_energies() const { return wide_; }
  std::size_t bytes() const;

  /// MeV, one entry a row.
  std::span<const double> incident_energies() const { return incident_energy_; }

  /// Appends whole showers: `incident_energies` (rows) and `voxels` (rows × voxels, row by row), both in MeV.
  /// Throws Error(shape) when the sizes do not fit, Error(non_finite) for a NaN or infinity; the table is then
  /// as before.
  void append(std::span<const double> incident_energies, std::span<const float> voxels);
  void append(std::span<const double> incident_energies, std::span<const double> voxels);

  /// Puts the hits of a shower with energies not below `threshold` (MeV) into `hits`; -infinity keeps all.
  void read(std::uint64_t row, double threshold, Hits& hits) const;

  /// Whether the shower has no hit at all.
  bool empty(std::uint64_t row) const { return offset_[row] == offset_[row + 1]; }

  /// A number that is equal for equal showers (same hits, same incident energy) and different, with all but
  /// certainty, for others.
  std::uint64_t fingerprint(std::uint64_t row) const;

 private:
  template <class T>
  void append_rows(std::span<const double> incident_energies, std::span<const T> voxels);
  template <class T>
  void append_hits(std::span<const T> shower);
  void widen();
  void reserve(std::uint64_t appended_rows);
  std::uint32_t voxel_at(std::uint64_t hit) const { return narrow_ ? voxel16_[hit] : voxel32_[hit]; }
  double energy_at(std::uint64_t hit) const { return wide_ ? energy64_[hit] : double{energy32_[hit]}; }

  std::uint32_t voxels_;
  std::uint64_t expected_rows_;
  bool narrow_;        ///< voxel numbers fit 16 bits
  bool wide_ = false;  ///< an energy did not fit float32: all are in energy64_
  std::vector<double> incident_energy_;
  std::vector<std::uint64_t> offset_{0};  ///< hits of row r: [offset_[r], offset_[r + 1])
  std::vector<std::uint16_t> voxel16_;
  std::vector<std::uint32_t> voxel32_;
  std::vector<float> energy32_;
  std::vector<double> energy64_;
};

/// Showers that occur more than once, within a table and across two.
struct RepeatedShowers {
  std::uint64_t within_first = 0;   ///< rows of the first table that repeat an earlier row of it
  std::uint64_t within_second = 0;  ///< the same for the second table
  std::uint64_t shared = 0;         ///< rows of the second table that also occur in the first
  /// One example of each, meaningful where the count is not 0: (earlier row, later row), and for `shared`
  /// (row of the first, row of the second).
  std::uint64_t example_first[2] = {0, 0};
  std::uint64_t example_second[2] = {0, 0};
  std::uint64_t example_shared[2] = {0, 0};
};

class JobControl;

/// Counts repeated showers. Showers without any hit are left out: they are equal by nature.
RepeatedShowers find_repeated_showers(const ShowerTable& first, const ShowerTable& second, JobControl& control);

}  // namespace caloscope
