#include <algorithm>
#include <cub/device/device_radix_sort.cuh>

#include "cuda/device_memory.h"
#include "cuda/row_sorting.h"

namespace caloscope::cuda {
namespace {

constexpr int key_bits = 64;

/// Calls `sort(memory, bytes)` of CUB twice: without memory it answers how many bytes it needs.
template <class Sort>
void with_memory(const Sort& sort) {
  std::size_t bytes = 0;
  check(sort(nullptr, bytes), "asking how much memory a sort needs");
  const DeviceArray<unsigned char> memory(std::max<std::size_t>(bytes, 1));
  check(sort(memory.data(), bytes), "sorting scores");
}

}  // namespace

void sort_on_device(std::vector<std::uint64_t>& keys) {
  if (keys.empty()) return;
  const auto unsorted = on_device(keys);
  const DeviceArray<std::uint64_t> sorted(keys.size());
  const Stream stream;
  with_memory([&](void* memory, std::size_t& bytes) {
    return cub::DeviceRadixSort::SortKeys(memory, bytes, unsorted.data(), sorted.data(), keys.size(), 0, key_bits,
                                          stream.get());
  });
  stream.wait();
  fetch(sorted, keys);
}

void sort_on_device(std::vector<WeightedScore>& rows) {
  if (rows.empty()) return;
  std::vector<std::uint64_t> keys;
  std::vector<double> weights;
  for (const auto& [key, weight] : rows) {
    keys.push_back(key);
    weights.push_back(weight);
  }
  const auto unsorted_keys = on_device(keys);
  const auto unsorted_weights = on_device(weights);
  const DeviceArray<std::uint64_t> sorted_keys(keys.size());
  const DeviceArray<double> sorted_weights(keys.size());
  const Stream stream;
  with_memory([&](void* memory, std::size_t& bytes) {
    return cub::DeviceRadixSort::SortPairs(memory, bytes, unsorted_keys.data(), sorted_keys.data(),
                                           unsorted_weights.data(), sorted_weights.data(), keys.size(), 0, key_bits,
                                           stream.get());
  });
  stream.wait();
  fetch(sorted_keys, keys);
  fetch(sorted_weights, weights);
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = {keys[row], weights[row]};
}

}  // namespace caloscope::cuda
