#pragma once

#include <cstdint>

namespace caloscope {

/// Numbers that any language makes alike, to the last bit and exact in float32: what is compared with Python.
class ExactNumbers {
 public:
  explicit ExactNumbers(std::uint32_t seed) : state_(seed) {}

  /// In [0, 1), a multiple of 2⁻¹⁶.
  double uniform() {
    state_ = (state_ * 1103515245U + 12345U) & 0x7FFFFFFFU;
    return (state_ >> 15) / 65536.0;
  }

  /// Mean 0, deviation 1, within ±6.
  double bell() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::uint32_t state_;
};

}  // namespace caloscope
