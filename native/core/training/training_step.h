#pragma once

#include <cstdint>

#include "core/run/host_device.h"

// The arithmetic of one parameter and of one dropped value: plain numbers and no standard library, for the kernels.
namespace caloscope {

/// One AdamW step (Loshchilov & Hutter, arXiv:1711.05101). `rate` carries the bias corrections of both moments:
/// rate = learning rate · √(1−β2ᵗ)/(1−β1ᵗ), epsilon is scaled by √(1−β2ᵗ) alike, decay = learning rate · weight decay.
struct AdamStep {
  float rate, beta1, beta2, epsilon, decay;
};

CALOSCOPE_HOST_DEVICE static inline float root(float x) {
#ifdef __CUDA_ARCH__
  return sqrtf(x);
#else
  return __builtin_sqrtf(x);
#endif
}

/// The step of one parameter and its moments.
CALOSCOPE_HOST_DEVICE static inline void adam_update(const AdamStep& step, float gradient, float& first_moment,
                                                     float& second_moment, float& parameter) {
  const float m = step.beta1 * first_moment + (1 - step.beta1) * gradient;
  const float v = step.beta2 * second_moment + (1 - step.beta2) * gradient * gradient;
  first_moment = m;
  second_moment = v;
  parameter -= step.decay * parameter + step.rate * m / (root(v) + step.epsilon);
}

/// Which numbers of a Philox stream (core/run/random.h) decide what is dropped: that many columns from the first number of
/// the block `counter` on. A value is kept where its number is below `threshold`, and multiplied with `factor`.
struct DropoutDraw {
  std::uint64_t seed, stream, counter;
  std::uint32_t threshold;
  float factor;
};

}  // namespace caloscope
