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

struct WeightedScore {
  std::uint64_t key;
  double weight;
};

// A row is the score_key of its score, without or with a weight.
inline std::uint64_t key_of(std::uint64_t row) { return row; }
inline std::uint64_t key_of(const WeightedScore& row) { return row.key; }
inline double weight_of(std::uint64_t) { return 1; }
inline double weight_of(const WeightedScore& row) { return row.weight; }

}  // namespace caloscope
