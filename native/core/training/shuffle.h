#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/run/random.h"

namespace caloscope {

/// Random order (Fisher and Yates), decided by the stream alone. At most 2³² values.
inline void shuffle(std::vector<std::uint32_t>& values, RandomStream random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace caloscope
