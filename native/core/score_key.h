#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace caloscope {

/// A number that falls where the score rises; 0 and -0 have the same, and no score but NaN has the largest.
inline std::uint64_t score_key(double score) {
  const auto bits = std::bit_cast<std::int64_t>(score + 0.0);
  return static_cast<std::uint64_t>(bits ^ (~(bits >> 63) & std::numeric_limits<std::int64_t>::max()));
}

}  // namespace caloscope
