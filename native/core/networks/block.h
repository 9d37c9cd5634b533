#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/networks/blocks/linear.h"

namespace caloscope {

/// One step of a network, from the values of a row to others. A kind of block is a file here, in cpu/blocks/ and in
/// cuda/blocks/; it has `inputs`, `outputs`, `draw`, `require_shape` and `for_each_tensor` as LinearBlock has, and its
/// definition in blocks/<kind>_definition.h.
using Block = std::variant<LinearBlock>;

inline std::uint32_t inputs_of(const Block& block) {
  return std::visit([](const auto& kind) { return kind.inputs; }, block);
}

inline std::uint32_t outputs_of(const Block& block) {
  return std::visit([](const auto& kind) { return kind.outputs; }, block);
}

inline std::size_t tensors_of(const Block& block) {
  std::size_t count = 0;
  std::visit([&](const auto& kind) { kind.for_each_tensor([&](const auto&) { ++count; }); }, block);
  return count;
}

/// Calls visit(tensor) for all tensors of the blocks, in their order; `layers.N.` stands before the names.
template <class Blocks, class Visit>
void for_each_tensor(Blocks& blocks, const Visit& visit) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    std::visit(
        [&](auto& block) {
          block.for_each_tensor([&](auto tensor) {
            tensor.name = "layers." + std::to_string(i) + "." + tensor.name;
            visit(tensor);
          });
        },
        blocks[i]);
  }
}

}  // namespace caloscope
