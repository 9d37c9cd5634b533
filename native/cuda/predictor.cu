#include <algorithm>

#include "core/run/worker_pool.h"
#include "cuda/predictor.h"

namespace caloscope::cuda {

/// A batch on its way: two of them alternate.
struct NetworkPredictor::Lane {
  RowBatch batch;
  ScoringScratch scratch;
  DeviceArray<float> logits;   ///< networks × rows of the batch
  PinnedArray<float> on_host;
  std::size_t first = 0;       ///< where the batch stands among all rows
  std::size_t rows = 0;        ///< 0: nothing is under way
  Stream stream;               ///< the last one: it ends before its memory is freed

  /// Waits for the batch, if there is one, and puts its logits among those of `all` rows; returns its rows.
  std::size_t finish(std::size_t networks, std::size_t all, std::vector<float>& logits_of_all) {
    if (rows == 0) return 0;
    stream.wait();
    for (std::size_t n = 0; n < networks; ++n) {
      std::copy_n(on_host.data() + n * rows, rows, logits_of_all.data() + n * all + first);
    }
    return std::exchange(rows, 0);
  }
};

NetworkPredictor::NetworkPredictor(Networks networks, Precision precision, int device)
    : networks_(networks.begin(), networks.end()), precision_(precision), device_(device) {
  validate(networks);
  use_device(device);
  for (const auto& network : networks) loaded_.emplace_back(*network);
}

/// Both lanes together take at most half of the memory that is free.
std::size_t NetworkPredictor::rows_of_batch(const FeatureTable& table) const {
  constexpr std::size_t most = 16384;
  std::size_t scratch = 0;
  for (const auto& network : loaded_) scratch = std::max(scratch, network.numbers_of_row(table.scalars()));
  const double hits = table.occupancy() * table.voxels();
  const double bytes =
      4 * (table.scalars() + static_cast<double>(scratch) + 2 * hits + 2 + static_cast<double>(loaded_.size()));
  const double fit = 0.5 * static_cast<double>(free_memory()) / (2 * bytes);
  return static_cast<std::size_t>(std::clamp(fit, 1.0, static_cast<double>(most)));
}

void NetworkPredictor::start(Lane& lane, const FeatureTable& table, std::span<const std::uint32_t> rows,
                            WorkerPool& pool) const {
  std::vector<FeatureRow> list;
  list.reserve(rows.size());
  for (const std::uint32_t row : rows) list.push_back({&table, row});
  lane.batch.gather(list, pool);
  lane.batch.send(lane.stream);
  lane.logits.reserve(loaded_.size() * rows.size());
  lane.on_host.reserve(loaded_.size() * rows.size());
  for (std::size_t n = 0; n < loaded_.size(); ++n) {
    loaded_[n].score(lane.batch, table.scalars(), precision_, lane.scratch, lane.logits.data() + n * rows.size(),
                     lane.stream);
  }
  copy_to_host(lane.logits.data(), loaded_.size() * rows.size(), lane.on_host.data(), lane.stream);
  lane.rows = rows.size();
}

std::vector<float> NetworkPredictor::predict(const FeatureTable& table, std::span<const std::uint32_t> rows,
                                            unsigned threads, JobControl& control) const {
  require_fit(networks_, table);
  use_device(device_);
  WorkerPool pool(threads);
  std::vector<float> logits(loaded_.size() * rows.size());
  const std::size_t in_batch = rows_of_batch(table);
  Lane lanes[2];
  std::size_t done = 0;
  const auto end = [&](Lane& lane) {
    done += lane.finish(loaded_.size(), rows.size(), logits);
    control.check();
    control.report({static_cast<double>(done), static_cast<double>(rows.size()), "predicting"});
  };
  std::size_t number = 0;
  for (std::size_t first = 0; first < rows.size(); first += in_batch, ++number) {
    Lane& lane = lanes[number % 2];
    end(lane);
    lane.first = first;
    start(lane, table, rows.subspan(first, std::min(in_batch, rows.size() - first)), pool);
  }
  end(lanes[number % 2]);
  end(lanes[(number + 1) % 2]);
  return logits;
}

}  // namespace caloscope::cuda
