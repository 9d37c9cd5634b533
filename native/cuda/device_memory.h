#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "cuda/device_call.h"

namespace caloscope::cuda {

enum class MemoryKind { device, pinned };

/// Throws Error(memory) that says how much was needed and how much is free.
void* allocate(MemoryKind kind, std::size_t bytes);
void release(MemoryKind kind, void* memory) noexcept;

/// Bytes of device memory that are free on the current device.
std::size_t free_memory();

/// Numbers on the current device, or in host memory that the device copies from directly (pinned).
template <class T, MemoryKind kind>
class Array {
 public:
  Array() = default;
  explicit Array(std::size_t size) { reserve(size); }
  ~Array() { release(kind, data_); }
  Array(Array&& other) noexcept : data_(std::exchange(other.data_, nullptr)), room_(std::exchange(other.room_, 0)) {}
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(room_, other.room_);
    return *this;
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  /// Room for at least so many numbers; what was there is lost when it has to grow.
  void reserve(std::size_t size) {
    if (size <= room_) return;
    release(kind, std::exchange(data_, nullptr));
    room_ = 0;
    data_ = static_cast<T*>(allocate(kind, size * sizeof(T)));
    room_ = size;
  }

  T* data() const { return data_; }

 private:
  T* data_ = nullptr;
  std::size_t room_ = 0;
};

template <class T>
using DeviceArray = Array<T, MemoryKind::device>;
template <class T>
using PinnedArray = Array<T, MemoryKind::pinned>;

/// Copies and fillings without a stream may be under way when their call returns, and streams do not wait for them.
inline void wait_for_copies() { check(cudaStreamSynchronize(cudaStreamLegacy), "waiting for a copy"); }

/// Copies in stream order; the host memory must stay as it is until the stream has done it. Only pinned memory is copied
/// beside other work.
template <class T>
void copy_to_device(const T* from, std::size_t count, T* to, const Stream& stream) {
  if (count == 0) return;
  check(cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyHostToDevice, stream.get()), "copying to the device");
}

template <class T>
void copy_to_host(const T* from, std::size_t count, T* to, const Stream& stream) {
  if (count == 0) return;
  check(cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyDeviceToHost, stream.get()), "copying from the device");
}

template <class T>
void copy_on_device(const T* from, std::size_t count, T* to, const Stream& stream) {
  if (count == 0) return;
  check(cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyDeviceToDevice, stream.get()), "copying on the device");
}

/// The same with any memory, and done when they return. No stream may be at work on what is written.
template <class T>
void put(std::span<const T> from, const DeviceArray<T>& to) {
  if (from.empty()) return;
  check(cudaMemcpy(to.data(), from.data(), from.size() * sizeof(T), cudaMemcpyHostToDevice), "copying to the device");
  wait_for_copies();
}

template <class T>
void put(const std::vector<T>& from, const DeviceArray<T>& to) {
  put(std::span<const T>(from), to);
}

template <class T>
void fetch(const DeviceArray<T>& from, std::span<T> to) {
  if (to.empty()) return;
  check(cudaMemcpy(to.data(), from.data(), to.size() * sizeof(T), cudaMemcpyDeviceToHost), "copying from the device");
}

template <class T>
void fetch(const DeviceArray<T>& from, std::vector<T>& to) {
  fetch(from, std::span<T>(to));
}

template <class T>
DeviceArray<T> on_device(const std::vector<T>& numbers) {
  DeviceArray<T> array(numbers.size());
  put(numbers, array);
  return array;
}

}  // namespace caloscope::cuda
