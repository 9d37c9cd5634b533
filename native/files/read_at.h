#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace caloscope {

/// Fills `bytes` from byte `position` of an open file on; false where the file ends before or cannot be read. The position of
/// the descriptor stays, so that any number of threads may read at once.
bool read_at(int descriptor, std::uint64_t position, std::span<std::byte> bytes);

}  // namespace caloscope
