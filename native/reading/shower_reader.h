#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/run/worker_pool.h"
#include "core/samples/hit_block.h"
#include "reading/chunk_bands.h"

namespace caloscope {

/// Showers of a file whose voxels are the rows of some datasets side by side.
struct StoredShowerPart {
  std::vector<StoredNumbers> datasets;
  EnergyScale scale;
  /// What is held of chunks are their numbers other than zero: memory and time then grow with the hits. For detectors so fine
  /// that the chunks that hold the same rows would take too much.
  bool zeros_dropped = false;
};

/// Reads, unpacks and checks chunks and finds the hits in them, on threads of its own and without a lock: each chunk, and then
/// each block of showers, is the work of one thread. Each chunk is unpacked once as long as the rows requested never go back.
class ShowerReader {
 public:
  /// `descriptor`: of the file, open for reading as long as the reader is used. Throws Error(argument) for a part that
  /// cannot be.
  ShowerReader(int descriptor, StoredShowerPart part, unsigned threads);

  std::uint64_t rows() const { return bands_.front().numbers().rows(); }
  std::uint32_t voxels() const { return voxels_; }

  /// Called with the number of a block and its hits, on any thread, for different blocks at once.
  using Visit = std::function<void(std::size_t block, HitBlock hits)>;

  /// Finds the hits of neighboring blocks of `block_rows` showers each, the first of them shower `first_row`; energies in MeV,
  /// one incident energy a shower. A block of which a chunk cannot be read, or is not what it should be, is not visited.
  /// `going_on` is asked before each chunk and each block. Throws Error(disposed) once it says no, Error(argument) for showers
  /// that are not there.
  void read(std::uint64_t first_row, std::span<const std::uint32_t> block_rows, std::span<const double> incident_energies,
            const std::function<bool()>& going_on, const Visit& visit);

 private:
  HitBlock dense_block(std::uint64_t first, std::uint64_t end, std::vector<double> incident_energies, unsigned worker);
  HitBlock sparse_block(std::uint64_t first, std::uint64_t end, std::vector<double> incident_energies) const;
  template <class Energy>
  HitBlock block_through(std::vector<Energy>& numbers, std::uint64_t first, std::uint64_t end,
                         std::vector<double> incident_energies) const;

  /// What a thread needs for itself.
  struct Scratch {
    ChunkDecoder decoder;
    std::vector<float> energies;
    std::vector<double> wide_energies;
  };

  int descriptor_;
  EnergyScale scale_;
  bool zeros_dropped_;
  std::uint32_t voxels_ = 0;
  std::vector<ChunkBands> bands_;  ///< one a dataset
  WorkerPool pool_;
  std::vector<Scratch> scratch_;  ///< one a thread
};

}  // namespace caloscope
