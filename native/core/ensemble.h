#pragma once

#include <vector>

#include "core/network.h"

namespace caloscope {

/// Networks that read the same columns and are asked together.
struct Ensemble {
  std::vector<Network> networks;

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& network : networks) sum += network.parameters() * sizeof(float);
    return sum;
  }
};

}  // namespace caloscope
