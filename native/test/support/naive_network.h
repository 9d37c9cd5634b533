#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "core/networks/network.h"
#include "core/samples/feature_table.h"

namespace caloscope {

/// A network in double precision with plain loops: what the fast code is held against.
namespace naive {

inline double activate(Activation activation, double slope, double x) {
  switch (activation) {
    case Activation::relu: return std::fmax(x, 0);
    case Activation::leaky_relu: return x > 0 ? x : slope * x;
    case Activation::elu: return x > 0 ? x : slope * (std::exp(x) - 1);
    case Activation::gelu: return x * 0.5 * std::erfc(-x / std::numbers::sqrt2);
    case Activation::silu: return x / (1 + std::exp(-x));
    case Activation::tanh: return std::tanh(x);
  }
  return NAN;
}

/// The derivative by a central difference; at a kink from the left.
inline double slope_at(Activation activation, double slope, double x) {
  const bool kinked = activation == Activation::relu || activation == Activation::leaky_relu ||
                      activation == Activation::elu;
  if (kinked && x == 0) return activation == Activation::relu ? 0 : slope;
  const double step = kinked ? std::fmin(1e-5, std::fabs(x)) : 1e-5;
  return (activate(activation, slope, x + step) - activate(activation, slope, x - step)) / (2 * step);
}

struct Layer {
  std::size_t inputs, outputs;
  std::vector<double> weight, bias;

  double& at(std::size_t input, std::size_t output) { return weight[input * outputs + output]; }
  double at(std::size_t input, std::size_t output) const { return weight[input * outputs + output]; }
};

inline std::vector<Layer> layers_of(const Network& network) {
  std::vector<Layer> layers;
  for (const auto& layer : network.layers) {
    layers.push_back({layer.inputs, layer.outputs, {layer.weight.begin(), layer.weight.end()},
                      {layer.bias.begin(), layer.bias.end()}});
  }
  return layers;
}

/// The standardised input of a row, zeros included.
inline std::vector<double> input_of(const FeatureTable& table, std::uint64_t row, const Standardisation& standardisation) {
  std::vector<double> input(table.columns());
  const auto clipped = [&](double x, std::size_t column) {
    const double clip = standardisation.clip[column];
    return std::fmin(std::fmax(x, -clip), clip);
  };
  for (std::uint32_t column = 0; column < table.scalars(); ++column) {
    const double distance = double{table.scalars_of(row)[column]} - standardisation.centre[column];
    input[column] = clipped(distance * standardisation.scale[column], column);
  }
  if (table.voxels() == 0) return input;
  FeatureSet::Scratch scratch;
  table.voxels_of(row, scratch);
  for (std::size_t hit = 0; hit < scratch.hits.size(); ++hit) {
    const std::size_t column = table.scalars() + scratch.hits.voxel[hit];
    input[column] = clipped(scratch.hits.energy[hit] * standardisation.scale[column], column);
  }
  return input;
}

inline std::vector<double> product(const std::vector<double>& input, const Layer& layer) {
  std::vector<double> z = layer.bias;
  for (std::size_t i = 0; i < layer.inputs; ++i) {
    for (std::size_t j = 0; j < layer.outputs; ++j) z[j] += input[i] * layer.at(i, j);
  }
  return z;
}

/// `rounding`: what becomes of the factors of each product; null for nothing.
inline double logit(const Network& network, const FeatureTable& table, std::uint64_t row,
                    float (*rounding)(float) = nullptr) {
  const auto round_all = [&](std::vector<double>& values) {
    for (double& value : values) value = rounding ? rounding(static_cast<float>(value)) : value;
  };
  auto layers = layers_of(network);
  auto values = input_of(table, row, network.standardisation);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    round_all(values);
    round_all(layers[i].weight);
    values = product(values, layers[i]);
    if (i + 1 == layers.size()) break;
    for (double& value : values) value = naive::activate(network.activation, network.slope, value);
  }
  return values[0];
}

}  // namespace naive
}  // namespace caloscope
