#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "reading/inflater.h"

namespace caloscope {

/// Filters of HDF5 that are undone here, by their registered numbers.
enum class ChunkFilter : std::uint32_t { deflate = 1, shuffle = 2, fletcher32 = 3 };

struct FilterStep {
  ChunkFilter filter = ChunkFilter::deflate;
  std::uint32_t number_bytes = 0;  ///< of what shuffle takes apart; of no meaning to others
};

/// Undoes the filters of chunks. Each thread needs its own.
class ChunkDecoder {
 public:
  ChunkDecoder() : inflater_(make_inflater()) {}

  /// Room for the bytes of a chunk as they lie in the file.
  std::span<std::byte> stored(std::size_t bytes);

  /// Room for a chunk that is needed no longer than until the next one; decode() may fill it.
  std::span<std::byte> result(std::size_t bytes);

  /// Undoes `steps`, which writing did in this order, on the bytes that were put into stored(), but for those that have their
  /// bit set in `left_out`. False where they are not the `chunk.size()` bytes of a sound chunk; what is in `chunk` then, is
  /// of no meaning.
  bool decode(std::span<const FilterStep> steps, std::uint32_t left_out, std::span<std::byte> chunk);

 private:
  std::unique_ptr<Inflater> inflater_;
  std::vector<std::byte> stored_, unpacked_, result_;
  std::size_t stored_bytes_ = 0;
};

/// Undoes the shuffle filter, which stores first all first bytes of numbers, then all second bytes, and so on; what is left of
/// the bytes stays behind them. Both have one size.
void unshuffle(std::span<const std::byte> shuffled, std::uint32_t number_bytes, std::span<std::byte> numbers);

/// Fletcher's checksum as HDF5 takes it: 16-bit big-endian words, sums modulo 65535.
std::uint32_t fletcher32(std::span<const std::byte> bytes);

}  // namespace caloscope
