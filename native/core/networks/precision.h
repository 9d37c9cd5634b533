#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "core/run/host_device.h"

namespace caloscope {

/// Of the factors of a network's products. Sums, biases, activations and everything around the network are float32.
/// bfloat16 keeps 8 bits of the mantissa: factors are rounded to nearest, with a relative error up to 2⁻⁹.
enum class Precision { float32, bfloat16 };

constexpr std::string_view name_of(Precision precision) {
  switch (precision) {
    case Precision::float32: return "float32";
    case Precision::bfloat16: return "bfloat16";
  }
  return {};
}

/// The nearest bfloat16, ties to even. Not for NaN.
CALOSCOPE_HOST_DEVICE inline float rounded_to_bfloat16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000U);
}

}  // namespace caloscope
