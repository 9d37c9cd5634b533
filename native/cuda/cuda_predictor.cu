#include <algorithm>

#include "core/error.h"
#include "core/network_fit.h"
#include "core/worker_pool.h"
#include "cuda/cuda_devices.h"
#include "cuda/cuda_predictor.h"
#include "cuda/network_on_device.h"

namespace caloscope {
namespace cuda {
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

class CudaPredictor : public Predictor {
 public:
  CudaPredictor(std::span<const Network> networks, Precision precision, int device)
      : networks_(networks), precision_(precision), device_(device) {
    for (const auto& network : networks) network.validate();
    const UseDevice use(device);
    for (const auto& network : networks) loaded_.emplace_back(network);
    for (const auto& network : loaded_) widest_ = std::max(widest_, network.widest());
  }

  std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                             JobControl& control) const override {
    require_fit(networks_, table);
    const UseDevice use(device_);
    std::vector<float> logits(networks_.size() * rows.size());
    WorkerPool pool(threads);
    Lane lanes[2];
    const std::size_t in_batch = rows_of_batch(table);
    std::size_t number = 0;
    for (std::size_t first = 0; first < rows.size(); first += in_batch, ++number) {
      Lane& lane = lanes[number % 2];
      finish(lane, rows.size(), logits, control);
      control.check();
      start(lane, table, rows.subspan(first, std::min(in_batch, rows.size() - first)), first, pool);
    }
    finish(lanes[number % 2], rows.size(), logits, control);
    finish(lanes[(number + 1) % 2], rows.size(), logits, control);
    return logits;
  }

 private:
  /// Both lanes together take at most half of the memory that is free.
  std::size_t rows_of_batch(const FeatureTable& table) const {
    constexpr std::size_t most = 16384;
    const double hits = table.occupancy() * table.voxels();
    const double bytes = 4 * (2.0 * table.scalars() + 2.0 * widest_ + 2 * hits + 1 + static_cast<double>(networks_.size()));
    const double fit = 0.5 * static_cast<double>(free_memory()) / (2 * bytes);
    // The hits of a batch are counted in 32 bits.
    const double countable = 4e9 / std::max(1.0, static_cast<double>(table.voxels()));
    return static_cast<std::size_t>(std::clamp(std::min(fit, countable), 1.0, static_cast<double>(most)));
  }

  void start(Lane& lane, const FeatureTable& table, std::span<const std::uint32_t> rows, std::size_t first,
             WorkerPool& pool) const {
    lane.batch.gather(table, rows, pool);
    lane.batch.send(lane.stream);
    lane.scratch.reserve(rows.size(), table.scalars(), widest_);
    lane.logits.reserve(loaded_.size() * rows.size());
    lane.on_host.reserve(loaded_.size() * rows.size());
    for (std::size_t n = 0; n < loaded_.size(); ++n) {
      loaded_[n].predict(lane.batch, table.scalars(), precision_, lane.scratch, lane.logits.data() + n * rows.size(),
                         lane.stream);
    }
    copy_to_host(lane.logits.data(), loaded_.size() * rows.size(), lane.on_host.data(), lane.stream);
    lane.first = first;
    lane.rows = rows.size();
  }

  void finish(Lane& lane, std::size_t all, std::vector<float>& logits, JobControl& control) const {
    if (lane.rows == 0) return;
    lane.stream.wait();
    for (std::size_t n = 0; n < loaded_.size(); ++n) {
      std::copy_n(lane.on_host.data() + n * lane.rows, lane.rows, logits.data() + n * all + lane.first);
    }
    control.report({static_cast<double>(lane.first + lane.rows), static_cast<double>(all), "predicting"});
    lane.rows = 0;
  }

  std::span<const Network> networks_;
  Precision precision_;
  int device_;
  std::vector<NetworkOnDevice> loaded_;
  std::uint32_t widest_ = 1;
};

}  // namespace
}  // namespace cuda

std::shared_ptr<const Predictor> load_on_cuda(std::span<const Network> networks, Precision precision, int device) {
  const CudaDevices devices = find_cuda_devices();
  if (devices.list.empty()) throw Error(ErrorCode::device, "CUDA cannot be used: " + devices.reason);
  if (device < 0 || static_cast<std::size_t>(device) >= devices.list.size()) {
    throw Error(ErrorCode::device, "there is no CUDA device " + std::to_string(device) + ": they are numbered from 0 to " +
                                       std::to_string(devices.list.size() - 1));
  }
  return std::make_shared<cuda::CudaPredictor>(networks, precision, device);
}

}  // namespace caloscope
