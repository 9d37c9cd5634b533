#pragma once

#include <cstdint>

namespace caloscope {

/// Random streams of the boosting, beside those of TrainingStream; the number of the task and the tree tell them apart.
enum class BoostingStream : std::uint64_t { columns = 6, rounding = 7 };

constexpr std::uint64_t stream_number(BoostingStream use, std::uint32_t number, std::uint32_t tree) {
  return (static_cast<std::uint64_t>(use) << 56) | (std::uint64_t{number} << 24) | tree;
}

}  // namespace caloscope
