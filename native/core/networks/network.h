#pragma once

#include <cstdint>
#include <vector>

#include "core/networks/activation.h"
#include "core/networks/block.h"
#include "core/networks/tensor.h"
#include "core/run/host_device.h"

namespace caloscope {

/// What becomes of the input columns before the first block: x′ = (x − centre)·scale, held to ±clip, so that the rare
/// shower with an empty layer (log10 1e-8) or a hit far out does not rule the first block. One entry a column. Voxels have
/// centre 0, so that an empty voxel stays zero. A column that never changes has scale 0.
struct Standardisation {
  std::vector<float> centre;
  std::vector<float> scale;
  std::vector<float> clip;

  template <class Visit>
  void for_each_tensor(const Visit& visit) {
    visit(Tensor<float>{"standardisation.centre", {centre.size()}, centre, false});
    visit(Tensor<float>{"standardisation.scale", {scale.size()}, scale, false});
    visit(Tensor<float>{"standardisation.clip", {clip.size()}, clip, false});
  }
  template <class Visit>
  void for_each_tensor(const Visit& visit) const {
    visit(Tensor<const float>{"standardisation.centre", {centre.size()}, centre, false});
    visit(Tensor<const float>{"standardisation.scale", {scale.size()}, scale, false});
    visit(Tensor<const float>{"standardisation.clip", {clip.size()}, clip, false});
  }
};

/// One input as the first block gets it.
CALOSCOPE_HOST_DEVICE inline float standardised(float x, float centre, float scale, float clip) {
  const float value = (x - centre) * scale;
  const float low = value < -clip ? -clip : value;
  return low > clip ? clip : low;
}

/// The architecture that can be chosen, a multilayer perceptron: input → hidden blocks → one logit.
struct NetworkShape {
  std::uint32_t inputs = 0;
  std::vector<std::uint32_t> hidden;
  Activation activation = Activation::leaky_relu;
  float slope = 0.01F;
};

/// A classifier: blocks one after the other behind a standardisation. Its output is a logit: the sigmoid is outside.
struct Network {
  Standardisation standardisation;
  std::vector<Block> blocks;

  std::uint32_t inputs() const { return blocks.empty() ? 0 : inputs_of(blocks.front()); }
  /// Numbers that are trained.
  std::uint64_t parameters() const;

  /// Calls visit(tensor) for those of the blocks and then those of the standardisation.
  template <class Visit>
  void for_each_tensor(const Visit& visit) {
    caloscope::for_each_tensor(blocks, visit);
    standardisation.for_each_tensor(visit);
  }
  template <class Visit>
  void for_each_tensor(const Visit& visit) const {
    caloscope::for_each_tensor(blocks, visit);
    standardisation.for_each_tensor(visit);
  }

  /// Throws Error(classifier) unless blocks follow on each other and end in one output, Error(non_finite) unless all numbers
  /// are finite.
  void validate() const;
};

/// The blocks of that shape, without parameters. Throws Error(argument) for a width of 0 or more than 2³¹ parameters.
std::vector<Block> blocks_of(const NetworkShape& shape);

/// A network of that shape whose parameters are all 0, the standardisation too. Throws as blocks_of does.
Network zero_network(const NetworkShape& shape);

/// A network before training: the first values of its blocks, standardisation left empty. The numbers depend on `seed` and
/// `stream` alone. Throws as blocks_of does.
Network initial_network(const NetworkShape& shape, std::uint64_t seed, std::uint64_t stream);

}  // namespace caloscope
