#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace caloscope {

/// 64-bit hash of a sequence of bytes, however it is cut into pieces; not for secrets. Every step is a bijection of the
/// running state and of the word, so two sequences that differ in one word of eight bytes never have the same hash.
class ContentHash {
 public:
  void add(std::span<const std::byte> bytes) {
    size_ += bytes.size();
    while (!bytes.empty() && pending_bytes_ > 0) {
      pending_ |= std::to_integer<std::uint64_t>(bytes.front()) << (8 * pending_bytes_);
      bytes = bytes.subspan(1);
      if (++pending_bytes_ == 8) take_pending();
    }
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data(), 8);
      mix(word);
    }
    for (const std::byte byte : bytes) pending_ |= std::to_integer<std::uint64_t>(byte) << (8 * pending_bytes_++);
  }

  template <class Number>
  void add_number(Number number) {
    add(std::as_bytes(std::span(&number, 1)));
  }

  std::uint64_t value() const {
    // The finaliser of splitmix64.
    std::uint64_t state = mixed(mixed(state_, pending_), size_);
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
    return state ^ (state >> 31);
  }

 private:
  static_assert(std::endian::native == std::endian::little, "words are read as the machine has them");

  static std::uint64_t mixed(std::uint64_t state, std::uint64_t word) {
    return std::rotl((state ^ word) * 0x9e3779b97f4a7c15ULL, 29);
  }
  void mix(std::uint64_t word) { state_ = mixed(state_, word); }
  void take_pending() {
    mix(pending_);
    pending_ = 0;
    pending_bytes_ = 0;
  }

  std::uint64_t state_ = 0x6a09e667f3bcc908ULL;
  std::uint64_t size_ = 0;
  std::uint64_t pending_ = 0;  ///< the first bytes of a word that is not whole yet
  unsigned pending_bytes_ = 0;
};

}  // namespace caloscope
