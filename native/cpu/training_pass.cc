#include "cpu/training_pass.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "cpu/kernels/kernel_set.h"
#include "cpu/scoring_pass.h"

namespace caloscope::cpu {

TrainingPass::TrainingPass(const TrainingTask& task, const TrainingData& data, WorkerPool& pool, JobControl& control)
    : task_(task),
      data_(data),
      pool_(pool),
      control_(control),
      network_(untrained_network(task, data, control)),
      moments_(first_moments(network_)),
      objective_(objective_on(data, task.training_rows)),
      dense_(dense_inputs(network_, first_table(data), crowded(task.settings.precision).training)),
      scratch_(pool.threads()) {
  const std::size_t batch_rows = std::min<std::size_t>(task.settings.batch_size, task.training_rows.size());
  input_.resize(batch_rows * row_stride(dense_));
  row_loss_.resize(batch_rows);
  std::span moments(moments_);
  for (std::size_t i = 0; i < network_.blocks.size(); ++i) {
    const BlockPlace place{i, i == 0 ? dense_ : inputs_of(network_.blocks[i]), batch_rows};
    const std::size_t tensors = tensors_of(network_.blocks[i]);
    blocks_.push_back(std::visit(
        [&](auto& block) -> BlockInTraining { return train(block, moments.first(tensors), place, task); },
        network_.blocks[i]));
    moments = moments.subspan(tensors);
  }
  cut_parameters();
}

void TrainingPass::for_tiles(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body) {
  pool_.run(tiles, [&](std::size_t tile, unsigned worker) {
    control_.check();
    body(tile, worker);
  });
}

void TrainingPass::replace_network(const Network& network) {
  std::ranges::copy(network.blocks, network_.blocks.begin());
  packed_ = false;
}

void TrainingPass::restore(Network network, std::vector<AdamMoments> moments, std::uint64_t steps) {
  std::ranges::move(network.blocks, network_.blocks.begin());
  network_.standardisation = std::move(network.standardisation);
  std::ranges::move(moments, moments_.begin());
  steps_done_ = steps;
  packed_ = false;
}

/// The largest tiles first, so that no thread is left with one at the end.
void TrainingPass::cut_parameters() {
  std::vector<std::pair<std::size_t, ParameterTile>> tiles;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    std::visit(
        [&](const auto& block) {
          for (std::size_t tile = 0; tile < block.tiles(); ++tile) tiles.push_back({block.tile_size(tile), {i, tile}});
        },
        blocks_[i]);
  }
  std::ranges::stable_sort(tiles, std::greater{}, [](const auto& tile) { return tile.first; });
  for (const auto& [size, tile] : tiles) parameter_tiles_.push_back(tile);
}

/// Tiles as large as the cache likes them, and a few for each thread.
void TrainingPass::cut_rows(std::size_t count) {
  const std::size_t block = kernel_set().row_block;
  const std::size_t least = pool_.threads() == 1 ? 1 : std::size_t{2} * pool_.threads();
  const std::size_t tiles = std::max((count + tile_rows - 1) / tile_rows, least);
  const std::size_t size = ((count + tiles - 1) / tiles + block - 1) / block * block;
  row_tiles_.resize((count + size - 1) / size);
  for (std::size_t tile = 0; tile < row_tiles_.size(); ++tile) {
    row_tiles_[tile].range = {tile * size, std::min(count, tile * size + size)};
  }
  count_ = count;
  for (auto& each : blocks_) std::visit([&](auto& kind) { kind.begin_batch(count); }, each);
}

void TrainingPass::pack() {
  if (packed_) return;
  for_tiles(parameter_tiles_.size(), [&](std::size_t number, unsigned) {
    const auto [block, tile] = parameter_tiles_[number];
    std::visit([&](auto& kind) { kind.pack(tile); }, blocks_[block]);
  });
  packed_ = true;
}

void TrainingPass::step(const StepPlace& place, std::size_t count, double learning_rate) {
  const auto rows = order_.subspan(place.first_row, count);
  place_ = place;
  cut_rows(count);
  adam_ = adam_step(task_.settings, learning_rate, ++steps_done_);
  pack();
  for_tiles(row_tiles_.size(),
            [&](std::size_t tile, unsigned worker) { work_on_rows(row_tiles_[tile], rows, scratch_[worker]); });
  if (dense_ < network_.inputs()) transpose_sparse();
  for_tiles(parameter_tiles_.size(), [&](std::size_t tile, unsigned worker) {
    work_on_parameters(parameter_tiles_[tile], scratch_[worker]);
  });
  double loss = 0;
  for (std::size_t row = 0; row < count; ++row) loss += row_loss_[row];
  loss_ += loss;
}

double TrainingPass::take_loss() { return std::exchange(loss_, 0); }

std::vector<float> TrainingPass::logits(std::span<const std::uint32_t> rows) {
  const std::uint32_t dense = dense_inputs(network_, first_table(data_), crowded(Precision::float32).forward);
  // The panels of the steps will do where they are of the same kind: packing others would take the memory of a network.
  const bool same_panels = task_.settings.precision == Precision::float32 && dense == dense_;
  const auto packed = same_panels ? std::nullopt : std::optional(LoadedNetwork(network_, dense, Precision::float32));
  if (same_panels) pack();
  const auto forward_block = [&](std::size_t number, const BlockInput& x, float* y, std::size_t stride,
                                 LeftScratch& left) {
    std::visit([&](const auto& block) { block.loaded().forward(x, y, stride, left); }, blocks_[number]);
  };
  std::vector<float> logits(rows.size());
  std::vector<InputTile> inputs(pool_.threads());
  std::vector<ScoringScratch> scratch(pool_.threads());
  for_tiles((rows.size() + tile_rows - 1) / tile_rows, [&](std::size_t tile, unsigned worker) {
    const std::size_t first = tile * tile_rows;
    gather(rows.subspan(first, std::min(tile_rows, rows.size() - first)), dense, inputs[worker]);
    float* const of_tile = logits.data() + first;
    if (packed) packed->score(inputs[worker], scratch[worker], of_tile);
    else score_tile(network_, inputs[worker], scratch[worker], of_tile, forward_block);
  });
  return logits;
}

// ------------------------------------------------------------------------------------------ first pass: tiles of rows

void TrainingPass::work_on_rows(RowTile& tile, std::span<const std::uint32_t> rows, BlockScratch& scratch) {
  gather(rows.subspan(tile.range.first, tile.range.size()), dense_, tile.input);
  tile.input.standardise_dense(network_.standardisation, input_.data() + tile.range.first * row_stride(dense_));
  forward(tile, scratch);
  loss_and_delta(tile.range, rows);
  backward(tile.range, scratch);
}

void TrainingPass::gather(std::span<const std::uint32_t> rows, std::uint32_t dense_columns, InputTile& input) const {
  input.begin(dense_columns, network_.inputs());
  std::visit(
      [&](const auto& data) {
        for (const std::uint32_t row : rows) input.add(data.table_of(row), data.row_in_table(row));
      },
      data_);
  input.arrange();
}

void TrainingPass::forward(const RowTile& tile, BlockScratch& scratch) {
  const RowRange& range = tile.range;
  BlockInput x{range.size(), input_.data() + range.first * row_stride(dense_), row_stride(dense_)};
  if (tile.input.sparse_columns() > 0) {
    tile.input.standardise_sparse(network_.standardisation, scratch.values);
    x.sparse = &tile.input.sparse();
    x.values = &scratch.values;
  }
  for (auto& each : blocks_) {
    std::visit(
        [&](auto& block) {
          block.forward(range, x, place_, scratch);
          x = {range.size(), block.output() + range.first * block.stride(), block.stride()};
        },
        each);
  }
}

/// The loss of each row, and δ of the output: the gradient of the batch mean.
void TrainingPass::loss_and_delta(const RowRange& range, std::span<const std::uint32_t> rows) {
  const auto each_row = [&](const auto& objective, const auto& data, auto& last) {
    for (std::size_t i = range.first; i < range.end; ++i) {
      const double output = last.output()[i * last.stride()];
      const Target target = data.target(rows[i]);
      row_loss_[i] = objective.loss(output, target);
      last.delta()[i * last.stride()] =
          static_cast<float>(objective.slope(output, target) / static_cast<double>(count_));
    }
  };
  std::visit(each_row, objective_, data_, blocks_.back());
}

void TrainingPass::backward(const RowRange& range, BlockScratch& scratch) {
  for (std::size_t i = blocks_.size(); i-- > 0;) {
    float* before = nullptr;
    std::size_t stride = 0;
    if (i > 0) {
      std::visit(
          [&](auto& block) {
            stride = block.stride();
            before = block.delta() + range.first * stride;
          },
          blocks_[i - 1]);
    }
    std::visit([&](auto& block) { block.backward(range, before, stride, scratch); }, blocks_[i]);
  }
}

// ------------------------------------------------------------------------------------ second pass: tiles of parameters

/// The entries of all tiles column by column.
void TrainingPass::transpose_sparse() {
  auto& [offset, next, row, value] = sparse_columns_;
  offset.assign(network_.inputs() - dense_ + 1, 0);
  const auto& standardisation = network_.standardisation;
  for (const auto& tile : row_tiles_) tile.input.count_columns(offset.data() + 1);
  for (std::size_t column = 1; column < offset.size(); ++column) offset[column] += offset[column - 1];
  next.assign(offset.begin(), offset.end() - 1);
  row.resize(offset.back());
  value.resize(offset.back());
  for (const auto& tile : row_tiles_) {
    tile.input.for_entries(standardisation, [&](std::size_t tile_row, std::uint32_t column, float x) {
      const std::size_t place = next[column]++;
      row[place] = static_cast<std::uint32_t>(tile.range.first + tile_row);
      value[place] = x;
    });
  }
}

void TrainingPass::work_on_parameters(const ParameterTile& tile, BlockScratch& scratch) {
  BatchInput x{input_.data(), row_stride(dense_), dense_ < network_.inputs() ? &sparse_columns_ : nullptr};
  if (tile.block > 0) {
    std::visit([&](const auto& before) { x = {before.output(), before.stride()}; }, blocks_[tile.block - 1]);
  }
  std::visit([&](auto& block) { block.update(tile.tile, x, adam_, scratch); }, blocks_[tile.block]);
}

}  // namespace caloscope::cpu
