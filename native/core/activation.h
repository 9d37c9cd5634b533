#pragma once

#include <cmath>

namespace caloscope {

/// What stands between two linear layers.
enum class Activation { relu, leaky_relu, elu, gelu, silu, tanh };

/// f(x). `slope` is the slope below zero of leaky_relu and the scale α of elu; the others do not use it.
/// GELU is the exact form x·Φ(x), not the tanh approximation.
inline float activate(Activation activation, float slope, float x) {
  switch (activation) {
    case Activation::relu: return x > 0 ? x : 0;
    case Activation::leaky_relu: return x > 0 ? x : slope * x;
    case Activation::elu: return x > 0 ? x : slope * std::expm1(x);
    case Activation::gelu: return 0.5F * x * (1 + std::erf(x * 0.70710678F));
    case Activation::silu: return x / (1 + std::exp(-x));
    case Activation::tanh: return std::tanh(x);
  }
  return x;
}

/// f′(x); at the kink of relu, leaky_relu and elu the derivative from the left.
inline float activation_slope(Activation activation, float slope, float x) {
  switch (activation) {
    case Activation::relu: return x > 0 ? 1.0F : 0.0F;
    case Activation::leaky_relu: return x > 0 ? 1.0F : slope;
    case Activation::elu: return x > 0 ? 1.0F : slope * std::exp(x);
    case Activation::gelu: {
      const float phi = 0.3989422804F * std::exp(-0.5F * x * x);
      return 0.5F * (1 + std::erf(x * 0.70710678F)) + x * phi;
    }
    case Activation::silu: {
      const float sigmoid = 1 / (1 + std::exp(-x));
      return sigmoid * (1 + x * (1 - sigmoid));
    }
    case Activation::tanh: {
      const float t = std::tanh(x);
      return 1 - t * t;
    }
  }
  return 1;
}

}  // namespace caloscope
