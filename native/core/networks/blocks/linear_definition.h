#pragma once

#include <cstddef>
#include <vector>

#include "core/networks/activation_definition.h"
#include "core/networks/blocks/linear.h"
#include "core/networks/definition.h"

namespace caloscope::definition {

/// x·W + b.
inline Numbers pre_activation(const LinearBlock& block, const Tensors& parameters, const Numbers& x, Rounding factor) {
  Numbers z = parameters[1];
  for (std::size_t i = 0; i < block.inputs; ++i) {
    for (std::size_t j = 0; j < block.outputs; ++j) {
      z[j] += factor(x[i]) * factor(parameters[0][i * block.outputs + j]);
    }
  }
  return z;
}

inline Numbers forward(const LinearBlock& block, const Tensors& parameters, const Numbers& x, const Mask& mask,
                       Rounding factor) {
  Numbers y = pre_activation(block, parameters, x, factor);
  if (!block.nonlinearity) return y;
  for (std::size_t j = 0; j < y.size(); ++j) y[j] = mask(j) * activate(*block.nonlinearity, y[j]);
  return y;
}

inline Numbers backward(const LinearBlock& block, const Tensors& parameters, const Numbers& x, const Mask& mask,
                        Rounding factor, Numbers delta, Tensors& gradient) {
  if (block.nonlinearity) {
    const Numbers z = pre_activation(block, parameters, x, factor);
    for (std::size_t j = 0; j < z.size(); ++j) delta[j] *= mask(j) * slope_at(*block.nonlinearity, z[j]);
  }
  Numbers before(block.inputs);
  for (std::size_t j = 0; j < block.outputs; ++j) {
    gradient[1][j] += delta[j];
    for (std::size_t i = 0; i < block.inputs; ++i) {
      const std::size_t place = i * block.outputs + j;
      gradient[0][place] += factor(x[i]) * factor(delta[j]);
      before[i] += factor(parameters[0][place]) * factor(delta[j]);
    }
  }
  return before;
}

}  // namespace caloscope::definition
