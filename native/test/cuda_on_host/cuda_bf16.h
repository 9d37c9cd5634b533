#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

// In place of CUDA's own header.
struct __nv_bfloat16 {
  std::uint16_t bits;
};

/// The nearest one, ties to even.
inline __nv_bfloat16 __float2bfloat16_rn(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t below = bits & 0xFFFFU, kept = bits >> 16;
  const bool up = below > 0x8000U || (below == 0x8000U && kept % 2 == 1);
  return {std::isnan(x) ? std::uint16_t{0x7FFF} : static_cast<std::uint16_t>(kept + (up ? 1 : 0))};
}

inline float __bfloat162float(__nv_bfloat16 x) { return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16); }
