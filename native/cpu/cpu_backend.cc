#include "cpu/cpu_backend.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <variant>

#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "core/statistics/radix_sort.h"
#include "core/training/network_training.h"
#include "core/training/side_by_side.h"
#include "cpu/cpu_histogram_fill.h"
#include "cpu/kernels/kernel_set.h"
#include "cpu/predictor.h"
#include "cpu/training_pass.h"

namespace caloscope {
namespace {

/// Rows that are weighed between two questions to the job.
constexpr std::size_t rows_at_once = 4096;

void sort_rows(auto& rows, const JobControl& control) {
  radix_sort(rows, [](const auto& row) { return key_of(row); }, control);
}

}  // namespace

CpuBackend::CpuBackend(unsigned threads) : threads_(threads) {
  if (threads < 1 || threads > 1024) throw Error(ErrorCode::argument, "`threads` must be from 1 to 1024");
}

std::string CpuBackend::arithmetic() const { return std::string("kernel set ") + kernel_set().name; }

std::vector<TrainedNetwork> CpuBackend::train(std::span<const TrainingTask> tasks, const TrainingData& data,
                                              JobControl& control, const Checkpoints* checkpoints) {
  // Networks side by side need no waiting for each other; threads that are left over work inside a network.
  const auto side_by_side = static_cast<unsigned>(std::clamp<std::size_t>(tasks.size(), 1, threads_));
  const unsigned inside = threads_ / side_by_side;
  return train_side_by_side(tasks, side_by_side, control, [&](const TrainingTask& task, unsigned, const auto& visited) {
    WorkerPool pool(inside);
    const auto start = [&] { return std::make_unique<cpu::TrainingPass>(task, data, pool, control); };
    return train_network(task, data, control, start, visited, checkpoints);
  });
}

std::shared_ptr<const Predictor> CpuBackend::load(Networks networks, Precision precision) {
  return std::make_shared<cpu::NetworkPredictor>(networks, precision);
}

std::unique_ptr<HistogramFill> CpuBackend::start_fill(HistogramFillPlan plan) {
  return std::make_unique<CpuHistogramFill>(std::move(plan), *kernel_set().fill, threads_);
}

WeighedRows CpuBackend::weigh(LogitView logits, std::size_t members, const WeightRule& rule, const JobControl& control) {
  WeighedRows result;
  const std::size_t rows = std::visit([](const auto& numbers) { return numbers.size(); }, logits) / members;
  for (auto* column : {&result.log_weights, &result.weights, &result.member_spreads}) column->resize(rows);
  std::atomic<std::size_t> non_finite = 0, below = 0, above = 0;
  const auto weigh_tile = [&](const auto* first, std::size_t tile) {
    control.check();
    std::size_t tile_non_finite = 0, tile_below = 0, tile_above = 0;
    for (std::size_t row = tile * rows_at_once; row < std::min(rows, (tile + 1) * rows_at_once); ++row) {
      const RowWeight made = row_weight(LogitsOfRow(first + row, members, rows), rule);
      result.log_weights[row] = made.log_weight;
      result.weights[row] = made.weight;
      result.member_spreads[row] = made.member_spread;
      tile_non_finite += made.finite ? 0 : 1;
      tile_below += made.below ? 1 : 0;
      tile_above += made.above ? 1 : 0;
    }
    non_finite += tile_non_finite;
    below += tile_below;
    above += tile_above;
  };
  tiles_on(threads_)((rows + rows_at_once - 1) / rows_at_once, [&](std::size_t tile) {
    std::visit([&](const auto& numbers) { weigh_tile(numbers.data(), tile); }, logits);
  });
  result.non_finite = non_finite;
  result.below = below;
  result.above = above;
  return result;
}

void CpuBackend::sort(std::vector<std::uint64_t>& keys, const JobControl& control) { sort_rows(keys, control); }

void CpuBackend::sort(std::vector<WeightedScore>& rows, const JobControl& control) { sort_rows(rows, control); }

}  // namespace caloscope
