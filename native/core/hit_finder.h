#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace caloscope {

/// Neighbouring columns of the showers of a block: rows × row_length numbers, row by row.
struct ShowerColumns {
  std::variant<std::span<const float>, std::span<const double>> numbers;
  std::uint32_t row_length = 0;
};

/// The hits in dense showers: every voxel whose energy is not ±0, so NaN and infinities too.
///
/// Made in two steps, so that the caller takes exactly the memory that is needed.
class HitFinder {
 public:
  /// Counts the hits of `rows` showers; their voxels are the columns side by side, all of one number type. The numbers
  /// must stay until the last call. Throws Error(shape) or Error(argument).
  HitFinder(std::vector<ShowerColumns> columns, std::uint64_t rows);

  /// Voxels a shower.
  std::uint32_t voxels() const { return voxels_; }
  bool wide_energies() const { return columns_.front().numbers.index() == 1; }
  std::uint32_t hits() const { return offset_.back(); }
  /// The hits of shower i are [offset[i], offset[i + 1]).
  const std::vector<std::uint32_t>& offset() const { return offset_; }

  /// Entries that the arrays for `write` must have: one more than hits.
  std::size_t room() const { return std::size_t{hits()} + 1; }

  /// Writes voxel and energy of every hit, the voxels ascending within a shower. `Voxel` must hold the voxel numbers;
  /// `Energy` must be the type of the columns.
  template <class Voxel, class Energy>
  void write(std::span<Voxel> voxel, std::span<Energy> energy) const;

 private:
  std::vector<ShowerColumns> columns_;
  std::uint32_t voxels_ = 0;
  std::vector<std::uint32_t> offset_;
};

}  // namespace caloscope
