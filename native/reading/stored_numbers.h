#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "reading/chunk_decoder.h"

namespace caloscope {

/// Where a chunk lies in the file.
struct StoredChunk {
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  std::uint32_t filters_left_out = 0;  ///< a bit for each
  bool missing = false;                ///< never written: the fill value stands in its place
};

/// A dataset of little-endian floats in chunks, one row a shower, as its header and chunk index say.
struct StoredNumbers {
  std::vector<std::uint64_t> extent;       ///< numbers along each axis, rows first
  std::vector<std::uint64_t> chunk_shape;  ///< of as many axes
  std::uint32_t number_bytes = 4;          ///< 4 or 8
  std::vector<FilterStep> filters;         ///< in the order of writing
  std::vector<StoredChunk> chunks;         ///< in row order of their grid
  /// The last rows end before their chunk does: the numbers lie in one piece, which was cut into chunks of whole rows.
  bool one_piece = false;
  std::array<std::byte, 8> fill{};
  /// Voxel of each number of a row, ascending from 0 where empty.
  std::vector<std::uint32_t> voxels;

  std::uint64_t rows() const { return extent.front(); }
  std::uint64_t row_length() const;
  std::uint64_t chunk_rows() const { return chunk_shape.front(); }
  std::uint64_t chunk_row_length() const;
  std::uint64_t chunk_bytes() const { return chunk_rows() * chunk_row_length() * number_bytes; }
  /// Chunks side by side that hold the same rows.
  std::uint64_t chunks_across() const;

  /// Throws Error(argument) unless sizes fit together and are such that they can be held.
  void validate() const;
};

/// Neighboring numbers of a chunk's row and where they belong in the row of the dataset.
struct NumberRun {
  std::uint32_t in_chunk = 0;
  std::uint32_t in_row = 0;
  std::uint32_t length = 0;
};

/// What of a chunk's row lies in the row of the dataset, by the place of the chunk among those side by side; none of a dataset
/// without rows.
std::vector<std::vector<NumberRun>> runs_of_chunks(const StoredNumbers& numbers);

}  // namespace caloscope
