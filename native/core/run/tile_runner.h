#pragma once

#include <cstddef>
#include <functional>

namespace caloscope {

/// Calls its second argument once for every number below the first, on any threads in any order, and returns when all
/// are done; the first exception ends the work and is thrown again. `WorkerPool::run`, or a plain loop.
using TileRunner = std::function<void(std::size_t tiles, const std::function<void(std::size_t tile)>& body)>;

/// Showers of a tile where each is looked at once.
constexpr std::size_t shower_tile = 512;

}  // namespace caloscope
