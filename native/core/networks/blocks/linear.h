#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/networks/activation.h"
#include "core/networks/tensor.h"
#include "core/run/random.h"

namespace caloscope {

/// y = f(x·W + b), in training times dropout. blocks/linear_definition.h says it in plain loops.
struct LinearBlock {
  std::uint32_t inputs = 0;
  std::uint32_t outputs = 0;
  std::optional<Nonlinearity> nonlinearity;  ///< f; without it nothing is dropped either
  std::vector<float> weight;                 ///< inputs × outputs, row by row: the weights of one input lie together
  std::vector<float> bias;                   ///< outputs

  /// Makes all weights and biases, 0.
  void clear();

  /// Weights and biases uniform in ±1/√inputs.
  void draw(RandomStream& random);

  /// Throws Error(classifier) that begins with `where` unless there are inputs × outputs weights and one bias an output.
  void require_shape(const std::string& where) const;

  /// Calls visit(tensor) for the weights and then for the biases.
  template <class Visit>
  void for_each_tensor(const Visit& visit) {
    visit(Tensor<float>{"weight", {inputs, outputs}, weight, true});
    visit(Tensor<float>{"bias", {outputs}, bias, false});
  }
  template <class Visit>
  void for_each_tensor(const Visit& visit) const {
    visit(Tensor<const float>{"weight", {inputs, outputs}, weight, true});
    visit(Tensor<const float>{"bias", {outputs}, bias, false});
  }
};

}  // namespace caloscope
