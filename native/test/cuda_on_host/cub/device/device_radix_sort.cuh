#pragma once

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "cuda_runtime.h"

// In place of CUB's own header: sorts in stream order, with the temporary memory that it requested.
namespace cub {

class DeviceRadixSort {
 public:
  template <class Key>
  static cudaError_t SortKeys(void* memory, std::size_t& bytes, const Key* keys, Key* sorted, std::size_t count,
                              int begin_bit, int end_bit, cudaStream_t stream) {
    return SortPairs(memory, bytes, keys, sorted, static_cast<const char*>(nullptr), static_cast<char*>(nullptr), count,
                     begin_bit, end_bit, stream);
  }

  template <class Key, class Value>
  static cudaError_t SortPairs(void* memory, std::size_t& bytes, const Key* keys, Key* sorted, const Value* values,
                               Value* sorted_values, std::size_t count, int begin_bit, int end_bit, cudaStream_t stream) {
    if (!memory) {
      bytes = count * sizeof(Key) + 1;
      return cudaSuccess;
    }
    return cuda_on_host::enqueue(stream, [=] {
      std::memset(memory, 0, count * sizeof(Key) + 1);
      const auto bits = [=](std::size_t i) { return keys[i] << (8 * sizeof(Key) - end_bit) >> (8 * sizeof(Key) - end_bit + begin_bit); };
      std::vector<std::size_t> order(count);
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return bits(a) < bits(b); });
      for (std::size_t i = 0; i < count; ++i) {
        sorted[i] = keys[order[i]];
        if (values) sorted_values[i] = values[order[i]];
      }
    });
  }
};

}  // namespace cub
