#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace caloscope {

/// Unpacks zlib streams (RFC 1950). Each thread needs its own.
class Inflater {
 public:
  virtual ~Inflater() = default;
  /// Whether `packed` begins with a whole stream with the right checksum that fills `unpacked` exactly.
  virtual bool unpack(std::span<const std::byte> packed, std::span<std::byte> unpacked) = 0;
};

/// With libdeflate; null where this was built without.
std::unique_ptr<Inflater> make_libdeflate_inflater();

/// With the zlib of the process: every Node carries one. Null where there is none, or one of another kind.
std::unique_ptr<Inflater> make_zlib_inflater();

/// The first of these that is there; null: none.
std::unique_ptr<Inflater> make_inflater();

/// `libdeflate 1.14`, `zlib 1.3.1`, or `none`.
std::string inflater_name();

}  // namespace caloscope
