#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace caloscope {

/// Unpacks a zlib stream (RFC 1950, RFC 1951) into `target` and gives the number of bytes that it holds. What follows the
/// stream is not looked at.
///
/// Throws Error(corrupt) for a stream that is damaged, ends too early, fails its checksum or holds more than fits.
std::size_t inflate_zlib(std::span<const std::uint8_t> packed, std::span<std::uint8_t> target);

/// The checksum of RFC 1950.
std::uint32_t adler32(std::span<const std::uint8_t> bytes);

}  // namespace caloscope
