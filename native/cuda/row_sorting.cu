#include <algorithm>
#include <cub/device/device_radix_sort.cuh>

#include "cuda/device_memory.h"
#include "cuda/row_sorting.h"

namespace caloscope::cuda {
namespace {

constexpr int key_bits = 64;

/// Calls `sort(memory, bytes, stream)` of CUB twice: without memory it answers how many bytes it needs.
template <class Sort>
void run(const Sort& sort) {
  std::size_t bytes = 0;
  DeviceArray<unsigned char> memory;
  const Stream stream;
  check(sort(nullptr, bytes, stream.get()), "asking how much memory a sort needs");
  memory.reserve(std::max<std::size_t>(bytes, 1));
  check(sort(memory.data(), bytes, stream.get()), "sorting scores");
  stream.wait();
}

}  // namespace

void sort_on_device(std::vector<std::uint64_t>& keys) {
  if (keys.empty()) return;
  const auto unsorted = on_device(keys);
  const DeviceArray<std::uint64_t> sorted(keys.size());
  run([&](void* memory, std::size_t& bytes, cudaStream_t stream) {
    return cub::DeviceRadixSort::SortKeys(memory, bytes, unsorted.data(), sorted.data(), keys.size(), 0, key_bits, stream);
  });
  fetch(sorted, keys);
}

void sort_on_device(std::vector<WeightedScore>& rows) {
  if (rows.empty()) return;
  std::vector<std::uint64_t> keys;
  std::vector<double> weights;
  keys.reserve(rows.size());
  weights.reserve(rows.size());
  for (const auto& [key, weight] : rows) {
    keys.push_back(key);
    weights.push_back(weight);
  }
  const auto unsorted_keys = on_device(keys);
  const auto unsorted_weights = on_device(weights);
  const DeviceArray<std::uint64_t> sorted_keys(keys.size());
  const DeviceArray<double> sorted_weights(keys.size());
  run([&](void* memory, std::size_t& bytes, cudaStream_t stream) {
    return cub::DeviceRadixSort::SortPairs(memory, bytes, unsorted_keys.data(), sorted_keys.data(),
                                           unsorted_weights.data(), sorted_weights.data(), keys.size(), 0, key_bits, stream);
  });
  fetch(sorted_keys, keys);
  fetch(sorted_weights, weights);
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = {keys[row], weights[row]};
}

}  // namespace caloscope::cuda
