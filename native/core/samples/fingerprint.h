#pragma once

#include <cstdint>

namespace caloscope {

/// The state of a fingerprint after one more value: the finaliser of splitmix64 over both, so that every bit of the input
/// reaches every bit of the output.
constexpr std::uint64_t mixed(std::uint64_t state, std::uint64_t value) {
  state ^= value + 0x9e3779b97f4a7c15ULL + (state << 6) + (state >> 2);
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
  return state ^ (state >> 31);
}

}  // namespace caloscope
