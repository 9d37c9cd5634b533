#pragma once

#include <cmath>
#include <numbers>

#include "core/networks/activation.h"

namespace caloscope::definition {

/// f(x) in double precision, by other formulas than those of the kernels.
inline double activate(const Nonlinearity& f, double x) {
  switch (f.activation) {
    case Activation::relu: return std::fmax(x, 0);
    case Activation::leaky_relu: return x > 0 ? x : double{f.slope} * x;
    case Activation::elu: return x > 0 ? x : double{f.slope} * (std::exp(x) - 1);
    case Activation::gelu: return x * 0.5 * std::erfc(-x / std::numbers::sqrt2);
    case Activation::silu: return x / (1 + std::exp(-x));
    case Activation::tanh: return std::tanh(x);
  }
  return NAN;
}

/// f′(x) by a central difference; at a kink from the left.
inline double slope_at(const Nonlinearity& f, double x) {
  const bool kinked = f.activation == Activation::relu || f.activation == Activation::leaky_relu ||
                      f.activation == Activation::elu;
  if (kinked && x == 0) return f.activation == Activation::relu ? 0 : double{f.slope};
  const double step = kinked ? std::fmin(1e-5, std::fabs(x)) : 1e-5;
  return (activate(f, x + step) - activate(f, x - step)) / (2 * step);
}

}  // namespace caloscope::definition
