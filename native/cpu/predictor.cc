#include "cpu/predictor.h"

#include <algorithm>
#include <atomic>

#include "core/run/worker_pool.h"

namespace caloscope::cpu {
namespace {

/// What all networks read: rows are gathered once for all of them.
std::uint32_t most_dense_inputs(Networks networks, const FeatureTable& table, Precision precision) {
  std::uint32_t dense = 0;
  for (const auto& network : networks) dense = std::max(dense, dense_inputs(*network, table, crowded(precision).forward));
  return dense;
}

}  // namespace

NetworkPredictor::NetworkPredictor(Networks networks, Precision precision)
    : networks_(networks.begin(), networks.end()), precision_(precision) {
  validate(networks);
}

/// Only the way that was wanted last is kept: a wide first block is the larger part of the memory.
std::shared_ptr<const NetworkPredictor::Loaded> NetworkPredictor::loaded_for(std::uint32_t dense_inputs) const {
  const std::lock_guard lock(mutex_);
  if (loaded_ && dense_inputs_ == dense_inputs) return loaded_;
  loaded_.reset();
  auto loaded = std::make_shared<Loaded>();
  loaded->reserve(networks_.size());
  for (const auto& network : networks_) loaded->emplace_back(*network, dense_inputs, precision_);
  dense_inputs_ = dense_inputs;
  loaded_ = loaded;
  return loaded;
}

std::vector<float> NetworkPredictor::predict(const FeatureTable& table, std::span<const std::uint32_t> rows,
                                            unsigned threads, JobControl& control) const {
  require_fit(networks_, table);
  const std::uint32_t dense = most_dense_inputs(networks_, table, precision_);
  const auto loaded = loaded_for(dense);
  std::vector<float> logits(loaded->size() * rows.size());
  const std::size_t tiles = (rows.size() + tile_rows - 1) / tile_rows;
  std::atomic<std::size_t> done{0};
  WorkerPool pool(threads);
  std::vector<InputTile> inputs(pool.threads());
  std::vector<ScoringScratch> scratch(pool.threads());
  pool.run(tiles, [&](std::size_t tile, unsigned worker) {
    control.check();
    const std::size_t first = tile * tile_rows;
    const std::size_t count = std::min(tile_rows, rows.size() - first);
    inputs[worker].gather(table, rows.subspan(first, count), dense);
    for (std::size_t n = 0; n < loaded->size(); ++n) {
      (*loaded)[n].score(inputs[worker], scratch[worker], logits.data() + n * rows.size() + first);
    }
    const std::size_t so_far = done.fetch_add(count) + count;
    control.report({static_cast<double>(so_far), static_cast<double>(rows.size()), "predicting"});
  });
  return logits;
}

}  // namespace caloscope::cpu
