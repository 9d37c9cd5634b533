#pragma once

#include <cstdint>
#include <span>
#include <variant>
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

/// The hits of several showers, as readers of files find them. Those of shower i are [offset[i], offset[i + 1]), in
/// ascending order of the voxel; energies in MeV.
struct HitRows {
  std::span<const std::uint32_t> offset;
  /// 16 bits where the table has at most 65536 voxels, 32 bits otherwise.
  std::variant<std::span<const std::uint16_t>, std::span<const std::uint32_t>> voxel;
  std::variant<std::span<const float>, std::span<const double>> energy;
};

/// Showers, one row each, of which only the hits are kept. Nothing is lost: energies are held in float32, and in float64
/// where one needs it. The hits lie in segments of bounded size: what is there is never moved when more is appended.
class ShowerTable {
 public:
  /// `expected_rows` is a hint that saves memory; 0 if unknown. Throws Error(argument) for 0 voxels.
  ShowerTable(std::uint32_t voxels, std::uint64_t expected_rows);

  std::uint32_t voxels() const { return voxels_; }
  std::uint64_t rows() const { return incident_energy_.size(); }
  std::uint64_t hits() const { return offset_.back(); }
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

  /// Appends showers of which only the hits are given. Throws Error(shape) when the sizes do not fit, Error(argument) for
  /// voxels that do not ascend within a shower or are not in the table and for energies of zero, Error(non_finite) for a
  /// NaN or infinity; the table is then as before.
  void append(std::span<const double> incident_energies, const HitRows& hits);

  /// Calls `visit(voxel, energy)` for each hit of a shower, in ascending order of the voxel.
  template <class Visit>
  void for_each_hit(std::uint64_t row, const Visit& visit) const {
    if (empty(row)) return;
    const Segment& segment = segment_of(row);
    const std::uint64_t begin = offset_[row] - segment.first_hit;
    const std::uint64_t count = offset_[row + 1] - offset_[row];
    const auto over = [&](const auto* voxel, const auto* energy) {
      for (std::uint64_t hit = 0; hit < count; ++hit) visit(std::uint32_t{voxel[hit]}, double{energy[hit]});
    };
    const auto with = [&](const auto* voxel) {
      if (segment.wide) over(voxel, segment.energy64.data() + begin);
      else over(voxel, segment.energy32.data() + begin);
    };
    if (narrow_) with(segment.voxel16.data() + begin);
    else with(segment.voxel32.data() + begin);
  }

  /// Puts the hits of a shower with energies not below `threshold` (MeV) into `hits`; -infinity keeps all.
  void read(std::uint64_t row, double threshold, Hits& hits) const;

  /// Whether the shower has no hit at all.
  bool empty(std::uint64_t row) const { return offset_[row] == offset_[row + 1]; }

  /// A number that is equal for equal showers (same hits, same incident energy) and different, with all but
  /// certainty, for others.
  std::uint64_t fingerprint(std::uint64_t row) const;

 private:
  /// Hits of neighbouring rows, in one pair of the vectors.
  struct Segment {
    std::uint64_t first_row = 0;
    std::uint64_t first_hit = 0;
    std::uint64_t capacity = 0;
    bool wide = false;  ///< an energy did not fit float32: all of the segment are in energy64
    std::vector<std::uint16_t> voxel16;
    std::vector<std::uint32_t> voxel32;
    std::vector<float> energy32;
    std::vector<double> energy64;
  };

  template <class T>
  void append_dense(std::span<const double> incident_energies, std::span<const T> voxels);
  template <class Voxel, class Energy>
  void append_checked(std::span<const double> incident_energies, std::span<const std::uint32_t> offset,
                      std::span<const Voxel> voxel, std::span<const Energy> energy);
  void require_finite(std::span<const double> incident_energies) const;
  void reserve_rows(std::uint64_t added);
  Segment& segment_for(std::uint64_t added_rows, std::uint64_t added_hits, bool wide);
  const Segment& segment_of(std::uint64_t row) const;

  std::uint32_t voxels_;
  std::uint64_t expected_rows_;
  bool narrow_;  ///< voxel numbers fit 16 bits
  std::vector<double> incident_energy_;
  std::vector<std::uint64_t> offset_{0};  ///< hits of row r: [offset_[r], offset_[r + 1])
  std::vector<Segment> segments_;         ///< in ascending order of the rows
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
