#include <algorithm>

#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "core/training/side_by_side.h"
#include "cuda/cuda_backend.h"
#include "cuda/cuda_devices.h"
#include "cuda/cuda_histogram_fill.h"
#include "cuda/predictor.h"
#include "cuda/row_sorting.h"
#include "cuda/row_weighing.h"
#include "cuda/training_pass.h"

namespace caloscope {
namespace cuda {
namespace {

class CudaBackend : public Backend {
 public:
  CudaBackend(std::vector<int> devices, std::string arithmetic, unsigned threads)
      : devices_(std::move(devices)), arithmetic_(std::move(arithmetic)), threads_(threads) {}

  std::string arithmetic() const override { return arithmetic_; }
  std::string device() const override { return "cuda:" + std::to_string(devices_.front()); }
  unsigned threads() const override { return threads_; }

  std::vector<TrainedNetwork> train(std::span<const TrainingTask> tasks, const TrainingData& data, JobControl& control,
                                    const Checkpoints* checkpoints) override {
    const std::size_t devices = std::clamp<std::size_t>(tasks.size(), 1, devices_.size());
    std::vector<ResidentTables> tables(devices);
    WorkerPool pool(threads_);
    for (std::size_t i = 0; i < devices; ++i) tables[i] = resident(data, devices_[i], pool);
    const auto workers = static_cast<unsigned>(
        std::clamp<std::size_t>(tasks.size(), 1, devices * side_by_side_on_device(tasks, devices)));
    const unsigned inside = std::max(1U, threads_ / workers);
    return train_side_by_side(tasks, workers, control, [&](const TrainingTask& task, unsigned worker, const auto& visited) {
      use_device(devices_[worker % devices]);
      WorkerPool own(inside);
      const ResidentTables& here = tables[worker % devices];
      const auto start = [&] { return std::make_unique<TrainingPass>(task, data, here, own, control); };
      return train_network(task, data, control, start, visited, checkpoints);
    });
  }

  std::shared_ptr<const Predictor> load(Networks networks, Precision precision) override {
    return std::make_shared<NetworkPredictor>(networks, precision, devices_.front());
  }

  std::unique_ptr<HistogramFill> start_fill(HistogramFillPlan plan) override {
    use_device(devices_.front());
    return std::make_unique<CudaHistogramFill>(std::move(plan), devices_.front());
  }

  WeighedRows weigh(LogitView logits, std::size_t members, const WeightRule& rule, const JobControl& control) override {
    use_device(devices_.front());
    return weigh_on_device(logits, members, rule, control);
  }

  void sort(std::vector<std::uint64_t>& keys, const JobControl& control) override { sort_rows(keys, control); }
  void sort(std::vector<WeightedScore>& rows, const JobControl& control) override { sort_rows(rows, control); }

 private:
  /// All tables, where they take no more than half of the memory.
  static ResidentTables resident(const TrainingData& data, int device, WorkerPool& pool) {
    use_device(device);
    const auto tables = std::visit(
        [](const auto& rows) {
          const auto list = rows.tables();
          static_assert(list.size() <= 2, "BatchSource knows two tables");
          return std::vector(list.begin(), list.end());
        },
        data);
    std::size_t needed = 0;
    for (const auto* table : tables) needed += SampleOnDevice::bytes(*table);
    if (needed > free_memory() / 2) return {};
    ResidentTables resident;
    for (const auto* table : tables) resident.emplace_back(*table, pool);
    return resident;
  }

  /// One small network leaves most of a device idle, so that some train on it at once, each on a thread of the host: those
  /// that fit into half of the memory that is free.
  std::size_t side_by_side_on_device(std::span<const TrainingTask> tasks, std::size_t devices) const {
    constexpr std::size_t most = 4;
    std::size_t largest = 1;
    for (const auto& task : tasks) largest = std::max(largest, TrainingPass::bytes(task));
    use_device(devices_.front());
    return std::clamp<std::size_t>(std::min(free_memory() / 2 / largest, threads_ / devices), 1, most);
  }

  void sort_rows(auto& rows, const JobControl& control) const {
    control.check();
    use_device(devices_.front());
    sort_on_device(rows);
    control.check();
  }

  std::vector<int> devices_;
  std::string arithmetic_;
  unsigned threads_;
};

std::string capability(const CudaDevice& device) {
  return std::to_string(device.major) + "." + std::to_string(device.minor);
}

const CudaDevice& device_of(const CudaDevices& found, int number) {
  const auto device = std::ranges::find(found.list, number, &CudaDevice::number);
  if (device != found.list.end()) return *device;
  std::string numbers;
  for (const auto& other : found.list) numbers += (numbers.empty() ? "" : ", ") + std::to_string(other.number);
  throw Error(ErrorCode::device, "there is no CUDA device " + std::to_string(number) + "; there are " + numbers);
}

}  // namespace
}  // namespace cuda

std::unique_ptr<Backend> make_cuda_backend(const std::vector<int>& devices, unsigned threads) {
  const CudaDevices found = find_cuda_devices();
  if (found.list.empty()) throw Error(ErrorCode::device, "CUDA cannot be used: " + found.reason);
  if (devices.empty()) throw Error(ErrorCode::argument, "no CUDA device is listed");
  if (threads < 1 || threads > 1024) throw Error(ErrorCode::argument, "`threads` must be from 1 to 1024");
  const CudaDevice& first = cuda::device_of(found, devices.front());
  for (const int number : devices) {
    if (cuda::capability(cuda::device_of(found, number)) != cuda::capability(first)) {
      throw Error(ErrorCode::device, "CUDA devices " + std::to_string(first.number) + " and " + std::to_string(number) +
                                         " are of different compute capability and do not give the same last digits; use "
                                         "those of one kind");
    }
  }
  return std::make_unique<cuda::CudaBackend>(devices, "CUDA, compute capability " + cuda::capability(first), threads);
}

}  // namespace caloscope
