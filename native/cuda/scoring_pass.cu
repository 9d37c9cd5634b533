#include <algorithm>

#include "cuda/scoring_pass.h"
#include "cuda/training_kernels.h"

namespace caloscope::cuda {

StandardisationOnDevice::StandardisationOnDevice(const Standardisation& standardisation)
    : centre_(on_device(standardisation.centre)),
      scale_(on_device(standardisation.scale)),
      clip_(on_device(standardisation.clip)) {}

LoadedNetwork::LoadedNetwork(const Network& network)
    : inputs_(network.inputs()),
      widest_(outputs_of(*std::ranges::max_element(network.blocks, {}, outputs_of))),
      reads_sparse_(std::visit([](const auto& block) { return reads_sparse(block); }, network.blocks.front())),
      standardisation_(network.standardisation) {
  for (const auto& block : network.blocks) {
    blocks_.push_back(std::visit([](const auto& kind) -> LoadedBlock { return load(kind); }, block));
  }
}

std::size_t LoadedNetwork::numbers_of_row(std::uint32_t scalars) const {
  return (reads_sparse_ ? scalars : inputs_) + 2 * std::size_t{widest_};
}

BlockInput LoadedNetwork::input_of(const RowBatch& batch, std::uint32_t scalars, ScoringScratch& scratch,
                                   const Stream& stream) const {
  const RowsOnDevice rows = batch.on_device();
  const StandardisationView view = standardisation_.view();
  const std::uint32_t dense = reads_sparse_ ? scalars : inputs_;
  scratch.input.reserve(std::size_t{batch.rows()} * dense);
  if (dense > scalars) {
    densify(batch.rows(), dense, scalars, {nullptr, 0, rows, {}, true}, view, scratch.input.data(), stream);
    return {batch.rows(), scratch.input.data(), dense, {}};
  }
  standardise(batch.rows(), scalars, rows.scalars, view, scratch.input.data(), stream);
  BlockInput input{batch.rows(), scratch.input.data(), scalars, {}};
  if (inputs_ > scalars) input.sparse = {rows.hits, {view.scale + scalars, view.clip + scalars}};
  return input;
}

void LoadedNetwork::score(const RowBatch& batch, std::uint32_t scalars, Precision precision, ScoringScratch& scratch,
                          float* logits, const Stream& stream) const {
  scratch.even.reserve(std::size_t{batch.rows()} * widest_);
  scratch.odd.reserve(std::size_t{batch.rows()} * widest_);
  BlockInput x = input_of(batch, scalars, scratch, stream);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const bool last = i + 1 == blocks_.size();
    float* const y = last ? logits : (i % 2 == 0 ? scratch.even : scratch.odd).data();
    std::visit(
        [&](const auto& block) {
          block.forward(x, precision, y, stream);
          x = {batch.rows(), y, block.outputs(), {}};
        },
        blocks_[i]);
  }
}

}  // namespace caloscope::cuda
