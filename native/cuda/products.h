#pragma once

#include <cuda_bf16.h>

#include <cstddef>
#include <cstdint>

#include "core/networks/activation.h"
#include "cuda/device_call.h"

namespace caloscope::cuda {

/// A matrix of float32 on the device, element (i, k) at data[i·row + k·column]: a transposed one has the steps exchanged.
struct MatrixView {
  const float* data;
  std::size_t row;
  std::size_t column = 1;
};

/// What becomes of a product: C = f(start + A·B), start is a row of biases, C as it is, or 0.
struct ProductEnd {
  const float* bias = nullptr;
  bool accumulate = false;
  bool activate = false;
  Activation activation = Activation::relu;
  float slope = 0;
};

struct ProductShape {
  std::uint32_t rows, columns, depth;
};

/// C = end(A·B) in float32: each element is the sum of fused multiply-adds in the order of the depth.
void multiply(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c, std::size_t c_row,
              const ProductEnd& end, const Stream& stream);

/// The same with factors rounded to bfloat16, on tensor cores; sums are float32.
void multiply_rounded(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c, std::size_t c_row,
                      const ProductEnd& end, const Stream& stream);

/// Rows of hits: those of row r are [offset[r], offset[r + 1]).
struct SparseRows {
  const std::uint64_t* offset;
  const std::uint32_t* index;
  const float* value;
};

/// Of the inputs that the hits are: as many entries as there are voxels.
struct VoxelScale {
  const float* scale;
  const float* clip;
};

/// C = end(S·W), S the standardised hits, W row by row (inputs × columns). `round`: both factors to bfloat16.
void multiply_sparse(std::uint32_t rows, std::uint32_t columns, const SparseRows& hits, const VoxelScale& voxels,
                     const float* weight, bool round, float* c, std::size_t c_row, const ProductEnd& end,
                     const Stream& stream);

/// A standardisation on the device, one entry a column.
struct StandardisationView {
  const float* centre;
  const float* scale;
  const float* clip;
};

/// out = standardised(x) of rows × columns numbers, row by row.
void standardise(std::uint32_t rows, std::uint32_t columns, const float* x, const StandardisationView& standardisation,
                 float* out, const Stream& stream);

}  // namespace caloscope::cuda
