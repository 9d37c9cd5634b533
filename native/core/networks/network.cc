#include "core/networks/network.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/run/error.h"
#include "core/run/random.h"

namespace caloscope {
namespace {

constexpr std::uint64_t most_parameters = std::uint64_t{1} << 31;

bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

std::uint64_t Network::parameters() const {
  std::uint64_t sum = 0;
  for (const auto& layer : layers) sum += layer.weight.size() + layer.bias.size();
  return sum;
}

void Network::validate() const {
  if (layers.empty()) throw Error(ErrorCode::classifier, "the network has no layers");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    const std::string where = "layer " + std::to_string(i);
    if (layer.inputs == 0 || layer.outputs == 0 ||
        layer.weight.size() != std::uint64_t{layer.inputs} * layer.outputs || layer.bias.size() != layer.outputs) {
      throw Error(ErrorCode::classifier, where + " does not have inputs × outputs weights and one bias an output");
    }
    if (i > 0 && layer.inputs != layers[i - 1].outputs) {
      throw Error(ErrorCode::classifier, where + " takes " + std::to_string(layer.inputs) +
                                             " values, the layer before it gives " +
                                             std::to_string(layers[i - 1].outputs));
    }
    if (!all_finite(layer.weight) || !all_finite(layer.bias)) {
      throw Error(ErrorCode::non_finite, where + " holds a weight or bias that is not a finite number");
    }
  }
  if (layers.back().outputs != 1) throw Error(ErrorCode::classifier, "the last layer must give one logit");
  const auto& [centre, scale, clip] = standardisation;
  if (centre.size() != inputs() || scale.size() != inputs() || clip.size() != inputs()) {
    throw Error(ErrorCode::classifier, "the standardisation does not have one centre, scale and clip an input");
  }
  if (!std::all_of(clip.begin(), clip.end(), [](float value) { return value > 0; })) {
    throw Error(ErrorCode::classifier, "a clip of the standardisation is not above 0");
  }
  if (!all_finite(centre) || !all_finite(scale)) {
    throw Error(ErrorCode::non_finite, "the standardisation holds a number that is not finite");
  }
  if (!std::isfinite(slope)) throw Error(ErrorCode::non_finite, "the slope of the activation is not finite");
}

Network initial_network(const NetworkShape& shape, std::uint64_t seed, std::uint64_t stream) {
  Network network;
  network.activation = shape.activation;
  network.slope = shape.slope;
  RandomStream random(seed, stream);
  std::vector<std::uint32_t> widths = shape.hidden;
  widths.push_back(1);
  std::uint64_t parameters = 0;
  std::uint32_t inputs = shape.inputs;
  for (const auto outputs : widths) {
    parameters += (std::uint64_t{inputs} + 1) * outputs;
    if (inputs == 0 || outputs == 0) throw Error(ErrorCode::argument, "every layer needs at least one value");
    if (parameters > most_parameters) {
      throw Error(ErrorCode::argument, "the network would have more than 2^31 parameters; use narrower layers");
    }
    LinearLayer layer{inputs, outputs, std::vector<float>(std::size_t{inputs} * outputs), std::vector<float>(outputs)};
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    const auto draw = [&] { return static_cast<float>(bound * (2 * random.uniform() - 1)); };
    std::generate(layer.weight.begin(), layer.weight.end(), draw);
    std::generate(layer.bias.begin(), layer.bias.end(), draw);
    network.layers.push_back(std::move(layer));
    inputs = outputs;
  }
  return network;
}

}  // namespace caloscope
