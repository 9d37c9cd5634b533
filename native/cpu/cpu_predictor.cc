#include "cpu/cpu_predictor.h"

#include <algorithm>
#include <atomic>

#include "core/run/worker_pool.h"
#include "core/training/network_fit.h"

namespace caloscope {

CpuPredictor::CpuPredictor(std::span<const Network> networks, Precision precision)
    : networks_(networks), precision_(precision) {
  for (const auto& network : networks) network.validate();
}

/// Only the way that was wanted last is kept: a wide first layer is the larger part of the memory.
std::shared_ptr<const CpuPredictor::Packed> CpuPredictor::packed_for(std::uint32_t dense_inputs) const {
  const std::lock_guard lock(mutex_);
  if (packed_ && dense_inputs_ == dense_inputs) return packed_;
  auto packed = std::make_shared<Packed>();
  packed->reserve(networks_.size());
  for (const auto& network : networks_) packed->emplace_back(network, dense_inputs, precision_);
  dense_inputs_ = dense_inputs;
  packed_ = packed;
  return packed;
}

std::vector<float> CpuPredictor::predict(const FeatureTable& table, std::span<const std::uint32_t> rows,
                                         unsigned threads, JobControl& control) const {
  require_fit(networks_, table);
  const std::uint32_t dense = dense_columns(table, crowded_forward);
  const auto packed = packed_for(dense);
  std::vector<float> logits(packed->size() * rows.size());
  const std::size_t tiles = (rows.size() + tile_rows - 1) / tile_rows;
  std::atomic<std::size_t> done{0};
  WorkerPool pool(threads);
  std::vector<InputTile> inputs(pool.threads());
  std::vector<PackedNetwork::Scratch> scratch(pool.threads());
  pool.run(tiles, [&](std::size_t tile, unsigned worker) {
    control.check();
    const std::size_t first = tile * tile_rows;
    const std::size_t count = std::min(tile_rows, rows.size() - first);
    inputs[worker].gather(table, rows.subspan(first, count), dense);
    for (std::size_t n = 0; n < packed->size(); ++n) {
      (*packed)[n].predict(inputs[worker], scratch[worker], logits.data() + n * rows.size() + first);
    }
    const std::size_t so_far = done.fetch_add(count) + count;
    control.report({static_cast<double>(so_far), static_cast<double>(rows.size()), "predicting"});
  });
  return logits;
}

}  // namespace caloscope
