#include "core/networks/blocks/linear.h"

#include <algorithm>
#include <cmath>

#include "core/run/error.h"

namespace caloscope {

void LinearBlock::clear() {
  weight.assign(std::size_t{inputs} * outputs, 0);
  bias.assign(outputs, 0);
}

void LinearBlock::draw(RandomStream& random) {
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  const auto uniform = [&] { return static_cast<float>(bound * (2 * random.uniform() - 1)); };
  std::ranges::generate(weight, uniform);
  std::ranges::generate(bias, uniform);
}

void LinearBlock::require_shape(const std::string& where) const {
  if (inputs == 0 || outputs == 0 || weight.size() != std::uint64_t{inputs} * outputs || bias.size() != outputs) {
    throw Error(ErrorCode::classifier, where + " does not have inputs × outputs weights and one bias an output");
  }
  if (nonlinearity && !std::isfinite(nonlinearity->slope)) {
    throw Error(ErrorCode::non_finite, "the slope of the activation is not finite");
  }
}

}  // namespace caloscope
