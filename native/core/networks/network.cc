#include "core/networks/network.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "core/run/error.h"
#include "core/run/random.h"

namespace caloscope {
namespace {

constexpr std::uint64_t most_parameters = std::uint64_t{1} << 31;

void require_finite(const std::string& name, std::span<const float> values) {
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    throw Error(ErrorCode::non_finite, name + " holds a number that is not finite");
  }
}

}  // namespace

std::uint64_t Network::parameters() const {
  std::uint64_t sum = 0;
  caloscope::for_each_tensor(blocks, [&](const auto& tensor) { sum += tensor.values.size(); });
  return sum;
}

void Network::validate() const {
  if (blocks.empty()) throw Error(ErrorCode::classifier, "the network has no layers");
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::string where = "layer " + std::to_string(i);
    std::visit([&](const auto& block) { block.require_shape(where); }, blocks[i]);
    if (i > 0 && inputs_of(blocks[i]) != outputs_of(blocks[i - 1])) {
      throw Error(ErrorCode::classifier, where + " takes " + std::to_string(inputs_of(blocks[i])) +
                                             " values, the layer before it gives " +
                                             std::to_string(outputs_of(blocks[i - 1])));
    }
  }
  if (outputs_of(blocks.back()) != 1) throw Error(ErrorCode::classifier, "the last layer must give one logit");
  const auto& [centre, scale, clip] = standardisation;
  if (centre.size() != inputs() || scale.size() != inputs() || clip.size() != inputs()) {
    throw Error(ErrorCode::classifier, "the standardisation does not have one centre, scale and clip an input");
  }
  if (!std::ranges::all_of(clip, [](float value) { return value > 0; })) {
    throw Error(ErrorCode::classifier, "a clip of the standardisation is not above 0");
  }
  require_finite("the centre of the standardisation", centre);
  require_finite("the scale of the standardisation", scale);
  caloscope::for_each_tensor(blocks, [](const auto& tensor) { require_finite(tensor.name, tensor.values); });
}

std::vector<Block> blocks_of(const NetworkShape& shape) {
  std::vector<std::uint32_t> widths = shape.hidden;
  widths.push_back(1);
  std::uint64_t parameters = 0;
  std::uint32_t inputs = shape.inputs;
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::uint32_t outputs = widths[i];
    parameters += (std::uint64_t{inputs} + 1) * outputs;
    if (inputs == 0 || outputs == 0) throw Error(ErrorCode::argument, "every layer needs at least one value");
    if (parameters > most_parameters) {
      throw Error(ErrorCode::argument, "the network would have more than 2^31 parameters; use narrower layers");
    }
    const bool last = i + 1 == widths.size();
    const auto nonlinearity = last ? std::nullopt : std::optional(Nonlinearity{shape.activation, shape.slope});
    blocks.push_back(LinearBlock{inputs, outputs, nonlinearity, {}, {}});
    inputs = outputs;
  }
  return blocks;
}

Network zero_network(const NetworkShape& shape) {
  Network network;
  network.blocks = blocks_of(shape);
  for (auto& block : network.blocks) std::visit([](auto& kind) { kind.clear(); }, block);
  for (auto* column : {&network.standardisation.centre, &network.standardisation.scale, &network.standardisation.clip}) {
    column->resize(shape.inputs);
  }
  return network;
}

Network initial_network(const NetworkShape& shape, std::uint64_t seed, std::uint64_t stream) {
  Network network = zero_network(shape);
  network.standardisation = {};
  RandomStream random(seed, stream);
  for (auto& block : network.blocks) std::visit([&](auto& kind) { kind.draw(random); }, block);
  return network;
}

}  // namespace caloscope
