#include <algorithm>

#include "cuda/device_memory.h"
#include "cuda/launch.h"
#include "cuda/row_weighing.h"

namespace caloscope::cuda {
namespace {

/// Rows that are on the device together, and between two questions to the job.
constexpr std::size_t rows_at_once = std::size_t{1} << 20;

/// Numbers of rows, added up by all threads: whole numbers have no order.
struct Counts {
  unsigned long long non_finite, below, above;
};

template <class T>
__global__ void weigh_kernel(std::size_t rows, std::size_t members, WeightRule rule, const T* logits, double* log_weight,
                             double* weight, double* member_spread, Counts* counts) {
  const std::size_t row = element_number();
  if (row >= rows) return;
  const RowWeight made = row_weight(LogitsOfRow<T>(logits + row, members, rows), rule);
  log_weight[row] = made.log_weight;
  weight[row] = made.weight;
  member_spread[row] = made.member_spread;
  if (!made.finite) atomicAdd(&counts->non_finite, 1ULL);
  if (made.below) atomicAdd(&counts->below, 1ULL);
  if (made.above) atomicAdd(&counts->above, 1ULL);
}

template <class T>
WeighedRows weigh(std::span<const T> all_logits, std::size_t members, const WeightRule& rule, const JobControl& control) {
  const std::size_t rows = all_logits.size() / members;
  const std::size_t room = std::min(rows, rows_at_once);
  WeighedRows result;
  const DeviceArray<T> logits(room * members);
  const DeviceArray<double> log_weights(room), weights(room), spreads(room);
  const auto counts = on_device(std::vector<Counts>(1));
  for (auto* column : {&result.log_weights, &result.weights, &result.member_spreads}) column->resize(rows);
  const Stream stream;
  for (std::size_t first = 0; first < rows; first += rows_at_once) {
    control.check();
    const std::size_t count = std::min(rows_at_once, rows - first);
    for (std::size_t member = 0; member < members; ++member) {
      copy_to_device(all_logits.data() + member * rows + first, count, logits.data() + member * count, stream);
    }
    launch_elements("weighing rows", weigh_kernel<T>, count, stream, count, members, rule, logits.data(),
                    log_weights.data(), weights.data(), spreads.data(), counts.data());
    copy_to_host(log_weights.data(), count, result.log_weights.data() + first, stream);
    copy_to_host(weights.data(), count, result.weights.data() + first, stream);
    copy_to_host(spreads.data(), count, result.member_spreads.data() + first, stream);
    stream.wait();
  }
  std::vector<Counts> counted(1);
  fetch(counts, counted);
  result.non_finite = counted[0].non_finite;
  result.below = counted[0].below;
  result.above = counted[0].above;
  return result;
}

}  // namespace

WeighedRows weigh_on_device(LogitView logits, std::size_t members, const WeightRule& rule, const JobControl& control) {
  return std::visit([&](const auto& numbers) { return weigh(numbers, members, rule, control); }, logits);
}

}  // namespace caloscope::cuda
