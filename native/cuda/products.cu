#include <mma.h>

#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "cuda/launch.h"
#include "cuda/products.h"

namespace caloscope::cuda {
namespace {

/// Rows and columns of C that one block works on.
constexpr unsigned tile = 64;

/// Blocks of rows go along x, of which there may be 2³¹ − 1, blocks of columns along y.
dim3 grid_of(const ProductShape& shape) { return {(shape.rows + tile - 1) / tile, (shape.columns + tile - 1) / tile}; }

__device__ float start_of(const ProductEnd& end, const float* c, std::size_t place, unsigned column) {
  if (end.accumulate) return c[place];
  return end.bias ? end.bias[column] : 0.0F;
}

__device__ float end_of(const ProductEnd& end, float sum) {
  return end.activate ? activate(end.activation, end.slope, sum) : sum;
}

__device__ float element(const MatrixView& m, unsigned row, unsigned rows, unsigned column, unsigned columns) {
  return row < rows && column < columns ? m.data[row * m.row + column * m.column] : 0.0F;
}

// ------------------------------------------------------------------------------------------------------------ float32

constexpr unsigned depth_step = 16;
constexpr unsigned side = 16;  // threads along each side of a block, each has 4 × 4 elements of C
constexpr unsigned share = tile / side;

__global__ void __launch_bounds__(side* side)
    multiply_kernel(ProductShape shape, MatrixView a, MatrixView b, float* c, std::size_t c_row, ProductEnd end) {
  __shared__ float a_part[depth_step][tile + 1];
  __shared__ float b_part[depth_step][tile + 1];
  const unsigned thread = threadIdx.y * side + threadIdx.x;
  const unsigned row0 = blockIdx.x * tile;
  const unsigned column0 = blockIdx.y * tile;
  float sum[share][share];
  for (unsigned i = 0; i < share; ++i) {
    for (unsigned j = 0; j < share; ++j) {
      const unsigned row = row0 + threadIdx.y * share + i;
      const unsigned column = column0 + threadIdx.x * share + j;
      const bool inside = row < shape.rows && column < shape.columns;
      sum[i][j] = inside ? start_of(end, c, row * c_row + column, column) : 0.0F;
    }
  }
  for (unsigned k0 = 0; k0 < shape.depth; k0 += depth_step) {
    for (unsigned e = thread; e < tile * depth_step; e += side * side) {
      const unsigned k = e % depth_step;
      const unsigned r = e / depth_step;
      a_part[k][r] = element(a, row0 + r, shape.rows, k0 + k, shape.depth);
      const unsigned j = e % tile;
      b_part[e / tile][j] = element(b, k0 + e / tile, shape.depth, column0 + j, shape.columns);
    }
    __syncthreads();
    for (unsigned k = 0; k < depth_step; ++k) {
      for (unsigned i = 0; i < share; ++i) {
        for (unsigned j = 0; j < share; ++j) {
          sum[i][j] = fmaf(a_part[k][threadIdx.y * share + i], b_part[k][threadIdx.x * share + j], sum[i][j]);
        }
      }
    }
    __syncthreads();
  }
  for (unsigned i = 0; i < share; ++i) {
    for (unsigned j = 0; j < share; ++j) {
      const unsigned row = row0 + threadIdx.y * share + i;
      const unsigned column = column0 + threadIdx.x * share + j;
      if (row < shape.rows && column < shape.columns) c[row * c_row + column] = end_of(end, sum[i][j]);
    }
  }
}

// ----------------------------------------------------------------------------------------------------------- bfloat16

constexpr unsigned fragment = 16;      // side of the pieces that tensor cores multiply
constexpr unsigned warps = 4;          // each has 32 × 32 elements of C: 2 × 2 pieces
constexpr unsigned half_tile = tile / 2;
constexpr unsigned gap = 8;            // between rows in shared memory: their lengths must be multiples of 16 bytes

__global__ void __launch_bounds__(warps * 32)
    multiply_rounded_kernel(ProductShape shape, MatrixView a, MatrixView b, float* c, std::size_t c_row, ProductEnd end) {
  namespace wmma = nvcuda::wmma;
  __shared__ __align__(32) __nv_bfloat16 a_part[tile][fragment + gap];
  __shared__ __align__(32) __nv_bfloat16 b_part[fragment][tile + gap];
  __shared__ __align__(32) float c_part[tile][tile + gap];
  const unsigned row0 = blockIdx.x * tile;
  const unsigned column0 = blockIdx.y * tile;
  const unsigned warp_row = threadIdx.x / 32 / 2 * half_tile;
  const unsigned warp_column = threadIdx.x / 32 % 2 * half_tile;
  wmma::fragment<wmma::accumulator, fragment, fragment, fragment, float> sum[2][2];
  for (auto& row : sum) {
    for (auto& piece : row) wmma::fill_fragment(piece, 0.0F);
  }
  for (unsigned k0 = 0; k0 < shape.depth; k0 += fragment) {
    for (unsigned e = threadIdx.x; e < tile * fragment; e += warps * 32) {
      const unsigned r = e / fragment;
      const unsigned k = e % fragment;
      a_part[r][k] = __float2bfloat16_rn(element(a, row0 + r, shape.rows, k0 + k, shape.depth));
      const unsigned j = e % tile;
      b_part[e / tile][j] = __float2bfloat16_rn(element(b, k0 + e / tile, shape.depth, column0 + j, shape.columns));
    }
    __syncthreads();
    for (unsigned i = 0; i < 2; ++i) {
      wmma::fragment<wmma::matrix_a, fragment, fragment, fragment, __nv_bfloat16, wmma::row_major> left;
      wmma::load_matrix_sync(left, &a_part[warp_row + i * fragment][0], fragment + gap);
      for (unsigned j = 0; j < 2; ++j) {
        wmma::fragment<wmma::matrix_b, fragment, fragment, fragment, __nv_bfloat16, wmma::row_major> right;
        wmma::load_matrix_sync(right, &b_part[0][warp_column + j * fragment], tile + gap);
        wmma::mma_sync(sum[i][j], left, right, sum[i][j]);
      }
    }
    __syncthreads();
  }
  for (unsigned i = 0; i < 2; ++i) {
    for (unsigned j = 0; j < 2; ++j) {
      wmma::store_matrix_sync(&c_part[warp_row + i * fragment][warp_column + j * fragment], sum[i][j], tile + gap,
                              wmma::mem_row_major);
    }
  }
  __syncthreads();
  for (unsigned e = threadIdx.x; e < tile * tile; e += warps * 32) {
    const unsigned row = row0 + e / tile;
    const unsigned column = column0 + e % tile;
    if (row >= shape.rows || column >= shape.columns) continue;
    const std::size_t place = row * c_row + column;
    c[place] = end_of(end, start_of(end, c, place, column) + c_part[e / tile][e % tile]);
  }
}

// ------------------------------------------------------------------------------------------------------------- sparse

constexpr unsigned sparse_threads = 128;

/// One block a row and 128 columns: every thread has one column, and neighbours read neighbouring weights.
__global__ void multiply_sparse_kernel(std::uint32_t columns, SparseRows hits, VoxelScale voxels, const float* weight,
                                       bool round, float* c, std::size_t c_row, ProductEnd end) {
  const unsigned column = blockIdx.y * sparse_threads + threadIdx.x;
  if (column >= columns) return;
  const std::size_t place = blockIdx.x * c_row + column;
  float sum = start_of(end, c, place, column);
  for (std::uint64_t hit = hits.offset[blockIdx.x]; hit < hits.offset[blockIdx.x + 1]; ++hit) {
    const std::uint32_t voxel = hits.index[hit];
    const float x = standardised(hits.value[hit], 0, voxels.scale[voxel], voxels.clip[voxel]);
    const float w = weight[std::size_t{voxel} * columns + column];
    sum = round ? fmaf(rounded_to_bfloat16(x), rounded_to_bfloat16(w), sum) : fmaf(x, w, sum);
  }
  c[place] = end_of(end, sum);
}

__global__ void standardise_kernel(std::size_t count, std::uint32_t columns, const float* x, StandardisationView s,
                                   float* out) {
  const std::size_t i = element_number();
  if (i >= count) return;
  const std::size_t column = i % columns;
  out[i] = standardised(x[i], s.centre[column], s.scale[column], s.clip[column]);
}

}  // namespace

void multiply(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c, std::size_t c_row,
              const ProductEnd& end, const Stream& stream) {
  if (shape.rows == 0 || shape.columns == 0) return;
  launch("a product in float32", multiply_kernel, grid_of(shape), dim3(side, side), stream, shape, a, b, c, c_row, end);
}

void multiply_rounded(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c, std::size_t c_row,
                      const ProductEnd& end, const Stream& stream) {
  if (shape.rows == 0 || shape.columns == 0) return;
  launch("a product in bfloat16", multiply_rounded_kernel, grid_of(shape), warps * 32, stream, shape, a, b, c, c_row,
         end);
}

void multiply_sparse(std::uint32_t rows, std::uint32_t columns, const SparseRows& hits, const VoxelScale& voxels,
                     const float* weight, bool round, float* c, std::size_t c_row, const ProductEnd& end,
                     const Stream& stream) {
  if (rows == 0 || columns == 0) return;
  const dim3 grid(rows, (columns + sparse_threads - 1) / sparse_threads);
  launch("a product of hits", multiply_sparse_kernel, grid, sparse_threads, stream, columns, hits, voxels, weight,
         round, c, c_row, end);
}

void standardise(std::uint32_t rows, std::uint32_t columns, const float* x, const StandardisationView& standardisation,
                 float* out, const Stream& stream) {
  const std::size_t count = std::size_t{rows} * columns;
  if (count == 0) return;
  launch_elements("standardisation", standardise_kernel, count, stream, count, columns, x, standardisation, out);
}

}  // namespace caloscope::cuda
