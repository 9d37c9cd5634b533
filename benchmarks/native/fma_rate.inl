// Compiled once an instruction set: CALOSCOPE_KERNELS_NAME, CALOSCOPE_VECTOR_BYTES.
#include "fma_rate.h"

#define CALOSCOPE_TEXT_OF(name) #name
#define CALOSCOPE_TEXT(name) CALOSCOPE_TEXT_OF(name)

namespace CALOSCOPE_KERNELS_NAME {
namespace {

using Vector = float __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));
constexpr unsigned lanes = CALOSCOPE_VECTOR_BYTES / sizeof(float);
/// More than latency × throughput of the multiply-add of any processor so far, and fewer than there are registers.
constexpr unsigned chains = 12;

float run(unsigned rounds, float factor, float term) {
  Vector sums[chains];
  for (unsigned chain = 0; chain < chains; ++chain) sums[chain] = Vector{} + static_cast<float>(chain);
  const Vector factors = Vector{} + factor;
  const Vector terms = Vector{} + term;
  for (unsigned round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (unsigned chain = 0; chain < chains; ++chain) sums[chain] = sums[chain] * factors + terms;
  }
  float total = 0;
  for (unsigned chain = 0; chain < chains; ++chain) {
    for (unsigned lane = 0; lane < lanes; ++lane) total += sums[chain][lane];
  }
  return total;
}

}  // namespace

extern const FmaLoop loop;
const FmaLoop loop{CALOSCOPE_TEXT(CALOSCOPE_KERNELS_NAME), 2 * chains * lanes, run};

}  // namespace CALOSCOPE_KERNELS_NAME
