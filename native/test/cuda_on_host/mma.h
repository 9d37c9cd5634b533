#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "cuda_bf16.h"
#include "cuda_runtime.h"

// In place of CUDA's own header: products of 16 × 16 pieces. The first thread of a warp does the work of all, when it
// comes by; a warp of which not all threads come is not noticed.
namespace nvcuda::wmma {

struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
enum layout_t { mem_row_major };

template <class Use, int m, int n, int k, class T, class Layout = void>
struct fragment {
  static_assert(m == 16 && n == 16 && k == 16);
  fragment() {
    for (auto& row : element) {
      for (float& x : row) x = std::numeric_limits<float>::quiet_NaN();
    }
  }
  float element[16][16];
};

inline bool does_the_work() {
  const dim3 thread = threadIdx;
  return thread.x % 32 == 0;
}

/// As the hardware needs it: 32 bytes, and rows in steps of 16.
inline void check_alignment(const void* first, std::size_t row_bytes) {
  if (reinterpret_cast<std::uintptr_t>(first) % 32 == 0 && row_bytes % 16 == 0) return;
  std::fputs("a piece of a matrix is not aligned\n", stderr);
  std::abort();
}

template <class Fragment>
void fill_fragment(Fragment& piece, float value) {
  for (auto& row : piece.element) {
    for (float& x : row) x = value;
  }
}

template <class Fragment>
void load_matrix_sync(Fragment& piece, const __nv_bfloat16* first, unsigned row_length) {
  if (!does_the_work()) return;
  check_alignment(first, row_length * sizeof *first);
  for (unsigned i = 0; i < 16; ++i) {
    for (unsigned j = 0; j < 16; ++j) piece.element[i][j] = __bfloat162float(first[i * row_length + j]);
  }
}

template <class Sum, class A, class B>
void mma_sync(Sum& result, const A& a, const B& b, const Sum& start) {
  if (!does_the_work()) return;
  Sum sum = start;
  for (unsigned i = 0; i < 16; ++i) {
    for (unsigned j = 0; j < 16; ++j) {
      for (unsigned k = 0; k < 16; ++k) sum.element[i][j] += a.element[i][k] * b.element[k][j];
    }
  }
  result = sum;
}

template <class Sum>
void store_matrix_sync(float* first, const Sum& piece, unsigned row_length, layout_t) {
  if (!does_the_work()) return;
  check_alignment(first, row_length * sizeof *first);
  for (unsigned i = 0; i < 16; ++i) {
    for (unsigned j = 0; j < 16; ++j) first[i * row_length + j] = piece.element[i][j];
  }
}

}  // namespace nvcuda::wmma
