#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace caloscope {

/// Parameters that lie together. What counts, checks, saves or trains parameters walks the tensors of a network and knows
/// nothing of its blocks.
template <class Number>
struct Tensor {
  std::string name;
  std::vector<std::uint64_t> shape;  ///< of a matrix inputs × outputs, row by row
  std::span<Number> values;
  bool decays;  ///< under weight decay
};

}  // namespace caloscope
