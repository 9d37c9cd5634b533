#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/run/worker_pool.h"
#include "core/samples/feature_table.h"
#include "cuda/network_on_device.h"

namespace caloscope::cuda {

/// Logits of rows of a table, network after network, in batches that fit the memory of the device: one is read and copied
/// while the device works on another. `done(rows)` is called after each; what it throws ends the work.
std::vector<float> judge(std::span<const NetworkOnDevice> networks, Precision precision, const FeatureTable& table,
                         std::span<const std::uint32_t> rows, WorkerPool& pool,
                         const std::function<void(std::size_t rows)>& done);

}  // namespace caloscope::cuda
