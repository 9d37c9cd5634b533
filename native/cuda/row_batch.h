#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/run/worker_pool.h"
#include "core/samples/feature_table.h"
#include "cuda/device_memory.h"
#include "cuda/products.h"

namespace caloscope::cuda {

/// One row of a table.
struct FeatureRow {
  const FeatureTable* table;
  std::uint32_t row;
};

/// Rows of features that are on the device: scalars row by row, and the hits of the voxels.
struct RowsOnDevice {
  const float* scalars;
  SparseRows hits;
};

/// Rows of features on their way to the device: the scalars of each, and of its voxels the hits alone. Memory is reused.
class RowBatch {
 public:
  /// Reads rows into pinned memory. What was sent before must have arrived.
  void gather(std::span<const FeatureRow> rows, WorkerPool& pool);

  /// Begins to copy them to the device.
  void send(const Stream& stream);

  std::uint32_t rows() const { return rows_; }
  std::size_t hits() const { return hits_; }
  /// In stream order after `send`.
  RowsOnDevice on_device() const {
    return {on_device_.scalars.data(), {on_device_.offset.data(), on_device_.index.data(), on_device_.value.data()}};
  }

 private:
  /// Hits of neighbouring rows.
  struct Tile {
    std::vector<std::uint32_t> index;
    std::vector<float> value;
    FeatureSet::Scratch scratch;
  };
  template <MemoryKind kind>
  struct Side {
    Array<float, kind> scalars;
    Array<std::uint64_t, kind> offset;
    Array<std::uint32_t, kind> index;
    Array<float, kind> value;
  };

  void read_tile(std::span<const FeatureRow> rows, std::size_t first, std::size_t end, Tile& tile);

  std::uint32_t rows_ = 0;
  std::uint32_t columns_ = 0;  ///< scalars of a row
  std::size_t hits_ = 0;
  std::vector<Tile> tiles_;
  Side<MemoryKind::pinned> on_host_;
  Side<MemoryKind::device> on_device_;
};

}  // namespace caloscope::cuda
