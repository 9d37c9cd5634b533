#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpu/aligned_vector.h"
#include "cpu/right_factor.h"
#include "cpu/sparse_slices.h"

// What blocks are given on their way through rows and through parameters.
namespace caloscope::cpu {

/// Rows before a block: a dense matrix whose rows are `stride` apart. Before the first block of a network the last columns
/// may be sparse, if the kind of block reads that.
struct BlockInput {
  std::size_t rows;
  const float* dense;
  std::size_t stride;
  const SparseSlices* sparse = nullptr;   ///< null: all columns are dense
  std::vector<float>* values = nullptr;   ///< of the sparse columns, standardised; rounded where they are
};

/// Entries of the sparse columns of a batch, column by column, the rows ascending.
struct SparseColumns {
  std::vector<std::size_t> offset, next;
  std::vector<std::uint32_t> row;
  std::vector<float> value;
};

/// The same for all rows of a batch, whose gradient is wanted.
struct BatchInput {
  const float* dense;
  std::size_t stride;
  const SparseColumns* sparse = nullptr;
};

/// Rows [first, end) of the batch.
struct RowRange {
  std::size_t first, end;

  std::size_t size() const { return end - first; }
};

/// Memory of one thread.
struct BlockScratch {
  LeftScratch left;
  std::vector<float> values;  ///< of a sparse factor
  AlignedVector<float> gradient;
  SparseSlices slices;
};

/// Where a block in training stands.
struct BlockPlace {
  std::size_t number;        ///< in its network
  std::size_t dense_inputs;  ///< so many of its inputs, from the first, are dense
  std::size_t batch_rows;    ///< at most
};

}  // namespace caloscope::cpu
