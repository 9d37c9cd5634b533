#pragma once

#include <cstdint>

#include "core/run/host_device.h"
#include "core/run/random.h"
#include "core/training/training_step.h"

namespace caloscope {

/// What the value in a column is multiplied with: 0, or the factor that keeps the mean as it was.
CALOSCOPE_HOST_DEVICE inline float dropout_factor(const DropoutDraw& draw, std::uint32_t column) {
  const std::uint32_t number = Philox(draw.seed, draw.stream).block(draw.counter + column / 4)[column % 4];
  return number < draw.threshold ? draw.factor : 0.0F;
}

}  // namespace caloscope
