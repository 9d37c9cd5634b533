#pragma once

#include <cstdint>

#include "core/run/worker_pool.h"
#include "core/samples/feature_table.h"
#include "cuda/row_batch.h"

namespace caloscope::cuda {

/// All rows of a table on the current device. Does not change, so that networks may share it.
class SampleOnDevice {
 public:
  SampleOnDevice(const FeatureTable& table, WorkerPool& pool);

  /// What it takes at most.
  static std::size_t bytes(const FeatureTable& table);

  RowsOnDevice rows() const {
    return {scalars_.data(), {offset_.data(), index_.data(), value_.data()}};
  }

 private:
  DeviceArray<float> scalars_;
  DeviceArray<std::uint64_t> offset_;
  DeviceArray<std::uint32_t> index_;
  DeviceArray<float> value_;
};

}  // namespace caloscope::cuda
