#pragma once

#include <cstdint>
#include <vector>

#include "core/networks/activation.h"
#include "core/run/host_device.h"

namespace caloscope {

/// y = x·W + b.
struct LinearLayer {
  std::uint32_t inputs = 0;
  std::uint32_t outputs = 0;
  std::vector<float> weight;  ///< inputs × outputs, row by row: the weights of one input lie together
  std::vector<float> bias;    ///< outputs
};

/// What becomes of the input columns before the first layer: x′ = (x − centre)·scale, held to ±clip, so that the rare
/// shower with an empty layer (log10 1e-8) or a hit far out does not rule the first layer. One entry a column. Voxels have centre 0, so that
/// an empty voxel stays zero. A column that never changes has scale 0.
struct Standardisation {
  std::vector<float> centre;
  std::vector<float> scale;
  std::vector<float> clip;
};

/// One input as the first layer gets it.
CALOSCOPE_HOST_DEVICE inline float standardised(float x, float centre, float scale, float clip) {
  const float value = (x - centre) * scale;
  const float low = value < -clip ? -clip : value;
  return low > clip ? clip : low;
}

/// The architecture: input → hidden layers → one logit.
struct NetworkShape {
  std::uint32_t inputs = 0;
  std::vector<std::uint32_t> hidden;
  Activation activation = Activation::leaky_relu;
  float slope = 0.01F;
};

/// A classifier. Its output is a logit: the sigmoid is outside.
struct Network {
  Activation activation = Activation::leaky_relu;
  float slope = 0.01F;
  Standardisation standardisation;
  std::vector<LinearLayer> layers;

  std::uint32_t inputs() const { return layers.empty() ? 0 : layers.front().inputs; }
  std::uint64_t parameters() const;

  /// Throws Error(classifier) unless layers follow on each other, end in one output and hold finite numbers.
  void validate() const;
};

/// A network before training: weights and biases uniform in ±1/√inputs, standardisation left empty. The numbers depend
/// on `seed` and `stream` alone. Throws Error(argument) for a width of 0 or more than 2³¹ parameters.
Network initial_network(const NetworkShape& shape, std::uint64_t seed, std::uint64_t stream);

}  // namespace caloscope
