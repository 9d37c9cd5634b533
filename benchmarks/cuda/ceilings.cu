#include "ceilings.h"

#include <mma.h>

#include "cuda/device_memory.h"
#include "cuda/launch.h"
#include "seconds.h"

namespace {

using namespace caloscope::cuda;

constexpr unsigned blocks = 4096;
constexpr unsigned block_threads = 256;
constexpr unsigned warps = block_threads / 32;
constexpr int rounds = 2048;
/// Independent chains of operations in one thread or warp: enough to hide their latency.
constexpr int chains = 8;

__global__ void multiply_add_kernel(float factor, float* out) {
  float sums[chains];
  for (int c = 0; c < chains; ++c) sums[c] = static_cast<float>(threadIdx.x + static_cast<unsigned>(c));
  for (int round = 0; round < rounds; ++round) {
    for (int c = 0; c < chains; ++c) sums[c] = sums[c] * factor + 1.0F;
  }
  float total = 0;
  for (int c = 0; c < chains; ++c) total += sums[c];
  out[blockIdx.x * block_threads + threadIdx.x] = total;
}

__global__ void tensor_kernel(float factor, float* out) {
  using namespace nvcuda::wmma;
  fragment<matrix_a, 16, 16, 16, __nv_bfloat16, row_major> a;
  fragment<matrix_b, 16, 16, 16, __nv_bfloat16, row_major> b;
  fragment<accumulator, 16, 16, 16, float> sums[chains];
  fill_fragment(a, __float2bfloat16_rn(factor));
  fill_fragment(b, __float2bfloat16_rn(factor));
  for (int c = 0; c < chains; ++c) fill_fragment(sums[c], 0.0F);
  for (int round = 0; round < rounds; ++round) {
    for (int c = 0; c < chains; ++c) mma_sync(sums[c], a, b, sums[c]);
  }
  float total = 0;
  // All of it: products that are not read are not made.
  for (int c = 0; c < chains; ++c) {
    for (int i = 0; i < sums[c].num_elements; ++i) total += sums[c].x[i];
  }
  out[blockIdx.x * block_threads + threadIdx.x] = total;
}

}  // namespace

Ceilings measure_ceilings() {
  Ceilings found{};
  const Stream stream;
  {
    constexpr std::size_t bytes = std::size_t{1} << 30;
    const DeviceArray<unsigned char> from(bytes), to(bytes);
    const double seconds = median_seconds([&] {
      check(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, stream.get()), "copying");
      stream.wait();
    });
    found.copied_bytes = 2.0 * static_cast<double>(bytes) / seconds;
  }
  const DeviceArray<float> out(std::size_t{blocks} * block_threads);
  const double chained = static_cast<double>(rounds) * chains * blocks;
  found.float_operations = 2.0 * chained * block_threads / median_seconds([&] {
    launch("multiplying and adding", multiply_add_kernel, blocks, block_threads, stream, 0.5F, out.data());
    stream.wait();
  });
  found.tensor_operations = 2.0 * 16 * 16 * 16 * chained * warps / median_seconds([&] {
    launch("tensor products", tensor_kernel, blocks, block_threads, stream, 0.5F, out.data());
    stream.wait();
  });
  return found;
}
