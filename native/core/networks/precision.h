#pragma once

#include <bit>
#include <cstdint>

#include "core/run/host_device.h"

namespace caloscope {

/// Of the factors of a network's products. Sums, biases, activations and everything around the network are float32.
/// bfloat16 keeps 8 bits of the mantissa: factors are rounded to nearest, with a relative error up to 2⁻⁹.
enum class Precision { float32, bfloat16 };
/// In the order of the enumeration.
inline constexpr const char* precision_names[] = {"float32", "bfloat16"};

/// The nearest bfloat16, ties to even. Not for NaN.
CALOSCOPE_HOST_DEVICE inline float rounded_to_bfloat16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000U);
}

}  // namespace caloscope
