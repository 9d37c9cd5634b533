#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace caloscope {

/// A zlib stream (RFC 1950) of blocks that are stored as they are (RFC 1951, 3.2.4): what every inflater reads.
inline std::vector<std::byte> zlib_stream(std::span<const std::byte> bytes) {
  std::vector<std::byte> stream{std::byte{0x78}, std::byte{0x01}};
  const auto put = [&](std::uint32_t value) { stream.push_back(static_cast<std::byte>(value & 0xff)); };
  std::size_t at = 0;
  do {
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(65535, bytes.size() - at));
    put(at + length == bytes.size());
    put(length);
    put(length >> 8);
    put(~length);
    put(~length >> 8);
    stream.insert(stream.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at + length));
    at += length;
  } while (at < bytes.size());
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const std::byte byte : bytes) {
    a = (a + std::to_integer<std::uint32_t>(byte)) % 65521;
    b = (b + a) % 65521;
  }
  for (const std::uint32_t half : {b, a}) {
    put(half >> 8);
    put(half);
  }
  return stream;
}

}  // namespace caloscope
