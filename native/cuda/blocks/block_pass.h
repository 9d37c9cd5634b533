#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/networks/precision.h"
#include "core/training/network_training.h"
#include "cuda/device_memory.h"
#include "cuda/products.h"

// What blocks are given on their way through rows and through parameters. All matrices are row by row without gaps.
namespace caloscope::cuda {

/// The last columns of rows before the first block, as hits.
struct SparseColumns {
  SparseRows hits;
  VoxelScale voxels;
};

/// Rows before a block. Before the first block of a network the last columns may be sparse, if the kind of block reads that.
struct BlockInput {
  std::uint32_t rows;
  const float* dense;
  std::uint32_t dense_columns;
  std::optional<SparseColumns> sparse;  ///< nothing: all columns are dense
};

/// A tensor of a block with AdamW's moments.
struct TensorInTraining {
  DeviceArray<float> values, mean, square;
};

/// A product in either precision: C = end(A·B).
void multiply_in(Precision precision, const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c,
                 std::size_t c_row, const ProductEnd& end, const Stream& stream);

}  // namespace caloscope::cuda
