#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "reading/stored_numbers.h"

namespace caloscope {

/// How rows of numbers become energies of voxels.
struct EnergyScale {
  double factor = 1;  ///< MeV of one stored unit
  bool wide = false;  ///< computed in float64, as all numbers of a file are where float32 would not hold one of them
};

/// A number of a shower that is not zero.
struct StoredHit {
  std::uint32_t voxel = 0;
  double energy = 0;
};

/// The unpacked chunks of a dataset that hold some rows: rows of chunks, of which each chunk is unpacked once as long as the
/// rows requested never go back.
class ChunkBands {
 public:
  /// `zeros_dropped`: what is held of a chunk are its numbers other than zero. `numbers` must be valid.
  ChunkBands(StoredNumbers numbers, EnergyScale scale, bool zeros_dropped);

  const StoredNumbers& numbers() const { return numbers_; }

  /// A chunk that is to be unpacked. Different ones may be unpacked on different threads.
  struct Task {
    std::uint64_t band;
    std::uint64_t across;
  };

  /// Lets go of rows of chunks before and after [first, end) and adds to `tasks` what is missing of those in it.
  void prepare(std::uint64_t first, std::uint64_t end, std::vector<Task>& tasks);
  /// Reads and unpacks a chunk; what is not sound is known to sound() afterwards.
  void unpack(const Task& task, int descriptor, ChunkDecoder& decoder);

  // Of rows that were prepared and unpacked, from any threads at once.

  /// Whether all chunks of rows [first, end) are.
  bool sound(std::uint64_t first, std::uint64_t end) const;
  /// Writes the energies of rows [first, end): those of voxel v of row first + i go to target[i · stride + v].
  template <class Energy>
  void place(std::uint64_t first, std::uint64_t end, Energy* target, std::uint64_t stride) const;
  /// Adds the hits of a row in ascending order of the voxel, to which `first_voxel` is added; zeros_dropped only.
  void add_hits(std::uint64_t row, std::uint32_t first_voxel, std::vector<StoredHit>& hits) const;

 private:
  struct Chunk {
    bool unpacked = false;
    bool sound = false;
    std::unique_ptr<std::byte[]> bytes;     ///< null: the fill value, or zeros dropped
    std::vector<std::uint32_t> row_starts;  ///< zeros dropped: hits of row i are [row_starts[i], row_starts[i + 1])
    std::vector<std::uint32_t> voxels;
    std::vector<float> energies;
    std::vector<double> wide_energies;
  };

  std::uint64_t rows_in(std::uint64_t band) const;
  bool read(const StoredChunk& stored, std::span<std::byte> chunk, int descriptor, ChunkDecoder& decoder) const;
  void fill(std::span<std::byte> chunk) const;
  template <class Number>
  void drop_zeros(const Task& task, const std::byte* bytes, Chunk& chunk) const;
  template <class Number, class Energy>
  void place_chunk(const std::vector<NumberRun>& runs, const std::byte* rows, std::uint64_t count, Energy* target,
                   std::uint64_t stride) const;

  StoredNumbers numbers_;
  EnergyScale scale_;
  bool zeros_dropped_;
  std::vector<std::vector<NumberRun>> runs_;
  std::uint64_t chunk_bytes_;
  std::uint64_t chunk_row_length_;
  std::map<std::uint64_t, std::vector<Chunk>> bands_;
  std::vector<std::unique_ptr<std::byte[]>> free_;
};

}  // namespace caloscope
