#pragma once

#include <cstdint>
#include <vector>

#include "core/statistics/score_key.h"

namespace caloscope::cuda {

/// Sort by key on the current device, from the smallest up; rows with equal keys keep their order. Throw Error(memory),
/// Error(device).
void sort_on_device(std::vector<std::uint64_t>& keys);
void sort_on_device(std::vector<WeightedScore>& rows);

}  // namespace caloscope::cuda
