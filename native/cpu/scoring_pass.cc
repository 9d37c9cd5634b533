#include "cpu/scoring_pass.h"

namespace caloscope::cpu {

std::uint32_t dense_inputs(const Network& network, const FeatureTable& table, double occupancy) {
  const bool sparse = std::visit([](const auto& block) { return reads_sparse(block); }, network.blocks.front());
  return sparse ? dense_columns(table, occupancy) : table.columns();
}

LoadedNetwork::LoadedNetwork(const Network& network, std::uint32_t dense_inputs, Precision precision)
    : network_(&network) {
  for (std::size_t i = 0; i < network.blocks.size(); ++i) {
    const std::size_t dense = i == 0 ? dense_inputs : inputs_of(network.blocks[i]);
    blocks_.push_back(std::visit([&](const auto& block) -> LoadedBlock { return load(block, dense, precision); },
                                 network.blocks[i]));
  }
}

void LoadedNetwork::score(const InputTile& tile, ScoringScratch& scratch, float* logits) const {
  score_tile(*network_, tile, scratch, logits, [&](std::size_t number, const BlockInput& x, float* y, std::size_t stride,
                                               LeftScratch& left) {
    std::visit([&](const auto& block) { block.forward(x, y, stride, left); }, blocks_[number]);
  });
}

}  // namespace caloscope::cpu
