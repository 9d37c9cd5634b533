#include "files/read_at.h"

#include <unistd.h>

#include <cerrno>
#include <limits>

namespace caloscope {

bool read_at(int descriptor, std::uint64_t position, std::span<std::byte> bytes) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  if (position > most || bytes.size() > most - position) return false;
  while (!bytes.empty()) {
    const ssize_t got = pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(position));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    position += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace caloscope
