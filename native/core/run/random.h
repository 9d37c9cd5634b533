#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/run/host_device.h"

namespace caloscope {

/// Counter-based random numbers: Philox 4x32 with ten rounds (Salmon et al., SC'11, "Parallel random numbers:
/// as easy as 1, 2, 3"). A number depends on (seed, stream, counter) alone, never on who asked before, so
/// that work can be cut among threads and devices in any way.
class Philox {
 public:
  using Block = std::array<std::uint32_t, 4>;

  CALOSCOPE_HOST_DEVICE Philox(std::uint64_t seed, std::uint64_t stream)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}, stream_(stream) {}

  /// The `counter`-th block of four independent 32-bit numbers of this stream.
  CALOSCOPE_HOST_DEVICE Block block(std::uint64_t counter) const {
    Block x{static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32),
            static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)};
    std::uint32_t k0 = key_[0];
    std::uint32_t k1 = key_[1];
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * x[0];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * x[2];
      x = {static_cast<std::uint32_t>(p1 >> 32) ^ x[1] ^ k0, static_cast<std::uint32_t>(p1),
           static_cast<std::uint32_t>(p0 >> 32) ^ x[3] ^ k1, static_cast<std::uint32_t>(p0)};
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    return x;
  }

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint64_t stream_;
};

/// Numbers of one Philox stream, one after the other. Cheap to make: one a shower, one a network.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t stream) : philox_(seed, stream) {}

  std::uint32_t next() {
    if (used_ == 4) {
      block_ = philox_.block(counter_++);
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform in the open interval (0,1), 32 bits: never 0, so that its logarithm is finite.
  double uniform() { return (next() + 0.5) * 0x1p-32; }

  /// Uniform integer in [0, bound), unbiased (Lemire's multiply and reject). `bound` > 0.
  std::uint32_t below(std::uint32_t bound) {
    std::uint64_t product = std::uint64_t{next()} * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = (0U - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{next()} * bound;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  /// Standard normal (Box and Muller, both halves used).
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

 private:
  Philox philox_;
  Philox::Block block_{};
  std::uint64_t counter_ = 0;
  unsigned used_ = 4;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace caloscope
