#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

namespace caloscope {

/// Neighbouring columns of dense showers: rows × row_length numbers, row by row.
struct ShowerColumns {
  std::variant<std::span<const float>, std::span<const double>> numbers;
  std::uint32_t row_length = 0;
};

/// Showers of which only the hits are kept: voxels whose energy is not zero. Energies in MeV.
///
/// Voxel numbers have 16 bits where they fit; energies are float32 where that holds every one of them exactly.
class HitBlock {
 public:
  HitBlock() = default;

  /// Finds the hits, every voxel that is not ±0 (NaN and infinities too), of showers whose voxels are the columns side by
  /// side, all of one number type. `incident_energies` has one entry a shower. Throws Error(shape) or Error(argument).
  HitBlock(std::vector<double> incident_energies, const std::vector<ShowerColumns>& columns);

  /// Hits that were found already: those of shower i are [offset[i], offset[i + 1]), in ascending order of the voxel. Throws
  /// Error(shape).
  HitBlock(std::uint32_t voxels, std::vector<double> incident_energies, std::vector<std::uint32_t> offset,
           std::span<const std::uint32_t> voxel, std::span<const double> energy);

  /// Voxels a shower.
  std::uint32_t voxels() const { return voxels_; }
  std::uint64_t rows() const { return incident_energies_.size(); }
  std::uint32_t hits() const { return offset_.back(); }
  bool wide_energies() const { return energy64_ != nullptr; }
  std::uint32_t hits_of(std::uint64_t row) const { return offset_[row + 1] - offset_[row]; }
  std::span<const double> incident_energies() const { return incident_energies_; }
  /// Whether all energies of hits are finite. Looked at by whoever makes or changes the block, which many threads do.
  bool finite() const { return finite_; }
  std::size_t bytes() const;

  /// Calls `visit(voxel, energy)` for each hit of a shower, in ascending order of the voxel.
  template <class Visit>
  void for_each_hit(std::uint64_t row, const Visit& visit) const {
    with_hits([&](const auto* voxel, const auto* energy) {
      for (std::uint32_t hit = offset_[row]; hit < offset_[row + 1]; ++hit) {
        visit(std::uint32_t{voxel[hit]}, double{energy[hit]});
      }
    });
  }

  /// Copies voxels and energies of a shower, hits_of(row) of each.
  void copy_hits(std::uint64_t row, std::uint32_t* voxels, double* energies) const {
    with_hits([&](const auto* voxel, const auto* energy) {
      std::copy(voxel + offset_[row], voxel + offset_[row + 1], voxels);
      std::copy(energy + offset_[row], energy + offset_[row + 1], energies);
    });
  }

  /// Takes some showers out: rows of the block, ascending.
  void remove_rows(std::span<const std::uint64_t> removed);

  /// Multiplies the energy of each hit by the weight of its voxel, and rounds it to the type that it is held in. Throws
  /// Error(shape) unless there is a weight for each voxel.
  void weigh(std::span<const double> weights);

  /// Replaces each energy e of a hit by `change(voxel, e)`; hits whose energy becomes 0 are none any more.
  template <class Change>
  void change_energies(const Change& change) {
    with_hits([&](auto* voxel, auto* energy) {
      std::uint32_t kept = 0;
      std::uint32_t begin = 0;
      for (std::uint64_t row = 0; row < rows(); ++row) {
        const std::uint32_t end = offset_[row + 1];
        for (std::uint32_t hit = begin; hit < end; ++hit) {
          const double changed = change(std::uint32_t{voxel[hit]}, double{energy[hit]});
          voxel[kept] = voxel[hit];
          energy[kept] = static_cast<std::remove_reference_t<decltype(*energy)>>(changed);
          kept += changed != 0;
        }
        begin = end;
        offset_[row + 1] = kept;
      }
    });
    look_for_finite();
  }

 private:
  /// Calls `work(voxels, energies)` with the arrays that are there; not at all without hits.
  template <class Work>
  void with_hits(const Work& work) const {
    const auto with = [&](auto* voxel) {
      if (energy64_) work(voxel, energy64_.get());
      else work(voxel, energy32_.get());
    };
    if (voxel16_) with(voxel16_.get());
    else if (voxel32_) with(voxel32_.get());
  }

  void look_for_finite();
  void take_room(std::size_t hits, bool fit_float);
  template <class Number>
  void find(const std::vector<ShowerColumns>& columns);
  template <class Number, class Voxel, class Energy>
  void write(const std::vector<ShowerColumns>& columns, Voxel* voxel, Energy* energy) const;

  std::uint32_t voxels_ = 0;
  std::vector<double> incident_energies_;
  bool finite_ = true;
  std::vector<std::uint32_t> offset_{0};  ///< hits of shower i: [offset_[i], offset_[i + 1])
  // One of each pair is there when there are hits.
  std::unique_ptr<std::uint16_t[]> voxel16_;
  std::unique_ptr<std::uint32_t[]> voxel32_;
  std::unique_ptr<float[]> energy32_;
  std::unique_ptr<double[]> energy64_;
};

}  // namespace caloscope
