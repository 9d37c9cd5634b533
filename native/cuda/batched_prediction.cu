#include <algorithm>

#include "cuda/batched_prediction.h"

namespace caloscope::cuda {
namespace {

/// A batch on its way: two of them alternate, so that one is gathered and copied while the device works on the other.
struct Lane {
  RowBatch batch;
  ForwardScratch scratch;
  DeviceArray<float> logits;   ///< networks × rows of the batch
  PinnedArray<float> on_host;
  std::size_t first = 0;       ///< where the batch stands among all rows
  std::size_t rows = 0;        ///< 0: nothing is under way
  Stream stream;               ///< the last member: it ends before its memory is freed
};

/// Both lanes together take at most half of the memory that is free.
std::size_t rows_of_batch(const FeatureTable& table, std::size_t networks, std::uint32_t widest) {
  constexpr std::size_t most = 16384;
  const double hits = table.occupancy() * table.voxels();
  const double bytes = 4 * (2.0 * table.scalars() + 2.0 * widest + 2 * hits + 2 + static_cast<double>(networks));
  const double fit = 0.5 * static_cast<double>(free_memory()) / (2 * bytes);
  return static_cast<std::size_t>(std::clamp(fit, 1.0, static_cast<double>(most)));
}

void start(Lane& lane, std::span<const NetworkOnDevice> networks, Precision precision, const FeatureTable& table,
           std::span<const std::uint32_t> rows, std::uint32_t widest, WorkerPool& pool) {
  std::vector<FeatureRow> list;
  list.reserve(rows.size());
  for (const std::uint32_t row : rows) list.push_back({&table, row});
  lane.batch.gather(list, pool);
  lane.batch.send(lane.stream);
  lane.scratch.reserve(rows.size(), table.scalars(), widest);
  lane.logits.reserve(networks.size() * rows.size());
  lane.on_host.reserve(networks.size() * rows.size());
  for (std::size_t n = 0; n < networks.size(); ++n) {
    networks[n].predict(lane.batch, table.scalars(), precision, lane.scratch, lane.logits.data() + n * rows.size(),
                        lane.stream);
  }
  copy_to_host(lane.logits.data(), networks.size() * rows.size(), lane.on_host.data(), lane.stream);
  lane.rows = rows.size();
}

/// Waits for a batch, if there is one, and puts its logits among all; returns its rows.
std::size_t finish(Lane& lane, std::size_t networks, std::size_t all, std::vector<float>& logits) {
  if (lane.rows == 0) return 0;
  lane.stream.wait();
  for (std::size_t n = 0; n < networks; ++n) {
    std::copy_n(lane.on_host.data() + n * lane.rows, lane.rows, logits.data() + n * all + lane.first);
  }
  return std::exchange(lane.rows, 0);
}

}  // namespace

std::vector<float> judge(std::span<const NetworkOnDevice> networks, Precision precision, const FeatureTable& table,
                         std::span<const std::uint32_t> rows, WorkerPool& pool,
                         const std::function<void(std::size_t rows)>& done) {
  std::vector<float> logits(networks.size() * rows.size());
  std::uint32_t widest = 1;
  for (const auto& network : networks) widest = std::max(widest, network.widest());
  const std::size_t in_batch = rows_of_batch(table, networks.size(), widest);
  Lane lanes[2];
  std::size_t so_far = 0;
  const auto end = [&](Lane& lane) {
    so_far += finish(lane, networks.size(), rows.size(), logits);
    done(so_far);
  };
  std::size_t number = 0;
  for (std::size_t first = 0; first < rows.size(); first += in_batch, ++number) {
    Lane& lane = lanes[number % 2];
    end(lane);
    lane.first = first;
    start(lane, networks, precision, table, rows.subspan(first, std::min(in_batch, rows.size() - first)), widest, pool);
  }
  end(lanes[number % 2]);
  end(lanes[(number + 1) % 2]);
  return logits;
}

}  // namespace caloscope::cuda
