#include <algorithm>

#include "cuda/row_batch.h"

namespace caloscope::cuda {
namespace {

constexpr std::size_t tile_rows = 256;

}  // namespace

void RowBatch::gather(std::span<const FeatureRow> rows, WorkerPool& pool) {
  rows_ = static_cast<std::uint32_t>(rows.size());
  columns_ = rows.empty() ? 0 : rows.front().table->scalars();
  on_host_.scalars.reserve(rows.size() * columns_);
  on_host_.offset.reserve(rows.size() + 1);
  const std::size_t tiles = (rows.size() + tile_rows - 1) / tile_rows;
  tiles_.resize(std::max(tiles, tiles_.size()));
  const auto each_tile = [&](const auto& work) {
    pool.run(tiles, [&](std::size_t tile, unsigned) {
      work(tile * tile_rows, std::min((tile + 1) * tile_rows, rows.size()), tiles_[tile]);
    });
  };
  each_tile([&](std::size_t first, std::size_t end, Tile& tile) { read_tile(rows, first, end, tile); });
  // So far each row has its own number of hits.
  std::uint64_t* const offset = on_host_.offset.data();
  offset[0] = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) offset[row + 1] += offset[row];
  hits_ = offset[rows.size()];
  on_host_.index.reserve(hits_);
  on_host_.value.reserve(hits_);
  each_tile([&](std::size_t first, std::size_t, Tile& tile) {
    std::copy(tile.index.begin(), tile.index.end(), on_host_.index.data() + offset[first]);
    std::copy(tile.value.begin(), tile.value.end(), on_host_.value.data() + offset[first]);
  });
}

void RowBatch::read_tile(std::span<const FeatureRow> rows, std::size_t first, std::size_t end, Tile& tile) {
  tile.index.clear();
  tile.value.clear();
  for (std::size_t i = first; i < end; ++i) {
    const auto& [table, row] = rows[i];
    std::copy_n(table->scalars_of(row), columns_, on_host_.scalars.data() + i * columns_);
    const std::size_t before = tile.index.size();
    if (table->voxels() > 0) {
      table->voxels_of(row, tile.scratch);
      const auto& [voxels, energies] = tile.scratch.hits;
      tile.index.insert(tile.index.end(), voxels.begin(), voxels.end());
      for (const double energy : energies) tile.value.push_back(static_cast<float>(energy));
    }
    on_host_.offset.data()[i + 1] = tile.index.size() - before;
  }
}

void RowBatch::send(const Stream& stream) {
  const auto copy = [&](const auto& from, std::size_t count, auto& to) {
    to.reserve(count);
    copy_to_device(from.data(), count, to.data(), stream);
  };
  copy(on_host_.scalars, std::size_t{rows_} * columns_, on_device_.scalars);
  copy(on_host_.offset, std::size_t{rows_} + 1, on_device_.offset);
  copy(on_host_.index, hits_, on_device_.index);
  copy(on_host_.value, hits_, on_device_.value);
}

}  // namespace caloscope::cuda
