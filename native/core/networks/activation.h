#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "core/run/host_device.h"

namespace caloscope {

/// What stands between two linear layers.
enum class Activation { relu, leaky_relu, elu, gelu, silu, tanh };

constexpr std::string_view name_of(Activation activation) {
  switch (activation) {
    case Activation::relu: return "relu";
    case Activation::leaky_relu: return "leaky-relu";
    case Activation::elu: return "elu";
    case Activation::gelu: return "gelu";
    case Activation::silu: return "silu";
    case Activation::tanh: return "tanh";
  }
  return {};
}

/// f of a block. `slope` as for `activate`.
struct Nonlinearity {
  Activation activation = Activation::leaky_relu;
  float slope = 0.01F;

  friend bool operator==(const Nonlinearity&, const Nonlinearity&) = default;
};

/// f(x). `slope` is the slope below zero of leaky_relu and the scale α of elu; the others do not use it.
/// GELU is the exact form x·Φ(x), not the tanh approximation.
CALOSCOPE_HOST_DEVICE inline float activate(Activation activation, float slope, float x) {
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
CALOSCOPE_HOST_DEVICE inline float activation_slope(Activation activation, float slope, float x) {
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

/// Calls `body` with the activation as a compile-time constant, so that loops over it can be vectorised.
template <class Body>
void with_activation(Activation activation, const Body& body) {
  using enum Activation;
  switch (activation) {
    case relu: return body(std::integral_constant<Activation, relu>());
    case leaky_relu: return body(std::integral_constant<Activation, leaky_relu>());
    case elu: return body(std::integral_constant<Activation, elu>());
    case gelu: return body(std::integral_constant<Activation, gelu>());
    case silu: return body(std::integral_constant<Activation, silu>());
    case tanh: return body(std::integral_constant<Activation, tanh>());
  }
}

/// out[i] = f(x[i]); `out` may be `x`.
inline void activate_all(Activation activation, float slope, const float* x, float* out, std::size_t count) {
  with_activation(activation, [=](auto constant) {
    for (std::size_t i = 0; i < count; ++i) out[i] = activate(constant(), slope, x[i]);
  });
}

/// delta[i] *= f′(x[i])
inline void multiply_by_slope(Activation activation, float slope, const float* x, float* delta, std::size_t count) {
  with_activation(activation, [=](auto constant) {
    for (std::size_t i = 0; i < count; ++i) delta[i] *= activation_slope(constant(), slope, x[i]);
  });
}

}  // namespace caloscope
