#include "cuda_runtime.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

/// Work that was not waited for yet.
struct StreamOnHost {
  int device;
  std::deque<std::function<void()>> work;
};

namespace {

constexpr int devices = 2;
constexpr std::size_t memory_of_device = std::size_t{1} << 30;
constexpr int fresh_memory = 0xEE;

/// Pieces of memory of one kind, by their first byte.
class Memory {
 public:
  cudaError_t take(void** memory, std::size_t bytes, int device) {
    if (posix_memalign(memory, 256, bytes) != 0) return cudaErrorMemoryAllocation;
    std::memset(*memory, fresh_memory, bytes);
    pieces_[static_cast<char*>(*memory)] = {bytes, device};
    return cudaSuccess;
  }

  cudaError_t give_back(void* memory) {
    if (pieces_.erase(static_cast<char*>(memory)) == 0) return cudaErrorInvalidValue;
    std::free(memory);
    return cudaSuccess;
  }

  bool has(const void* memory, std::size_t bytes) const {
    const auto* const first = static_cast<const char*>(memory);
    const auto after = pieces_.upper_bound(first);
    return after != pieces_.begin() && first + bytes <= std::prev(after)->first + std::prev(after)->second.bytes;
  }

  std::size_t bytes_on(int device) const {
    std::size_t bytes = 0;
    for (const auto& [first, piece] : pieces_) bytes += piece.device == device ? piece.bytes : 0;
    return bytes;
  }

 private:
  struct Piece {
    std::size_t bytes;
    int device;
  };
  std::map<const char*, Piece> pieces_;
};

/// One call at a time, from any thread.
std::mutex mutex;
std::set<StreamOnHost*> streams;
/// Of calls without a stream, one a device: the streams that caloscope makes do not wait for it, nor it for them.
StreamOnHost legacy[devices]{{0, {}}, {1, {}}};
Memory device_memory, pinned_memory;
thread_local int current_device = 0;

void finish(StreamOnHost& stream) {
  while (!stream.work.empty()) {
    stream.work.front()();
    stream.work.pop_front();
  }
}

void finish_all() {
  for (auto& stream : legacy) finish(stream);
  for (auto* const stream : streams) finish(*stream);
}

/// The stream that a call means, or none where a GPU would refuse.
StreamOnHost* stream_of(cudaStream_t stream) {
  if (stream == cudaStreamLegacy) return &legacy[current_device];
  return streams.contains(stream) && stream->device == current_device ? stream : nullptr;
}

cudaError_t copy(StreamOnHost* stream, void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const bool from_device = kind != cudaMemcpyHostToDevice, to_device = kind != cudaMemcpyDeviceToHost;
  if (!stream) return cudaErrorInvalidResourceHandle;
  if (from_device != device_memory.has(from, bytes) || to_device != device_memory.has(to, bytes)) return cudaErrorInvalidValue;
  if (!from_device && !pinned_memory.has(from, bytes)) {
    const auto* const first = static_cast<const char*>(from);
    stream->work.push_back([to, taken = std::vector<char>(first, first + bytes)] {
      std::memcpy(to, taken.data(), taken.size());
    });
    return cudaSuccess;
  }
  stream->work.push_back([to, from, bytes] { std::memcpy(to, from, bytes); });
  if (!to_device && !pinned_memory.has(to, bytes)) finish(*stream);
  return cudaSuccess;
}

}  // namespace

cudaError_t cuda_on_host::enqueue(cudaStream_t stream, std::function<void()> work) {
  const std::lock_guard lock(mutex);
  StreamOnHost* const own = stream_of(stream);
  if (!own) return cudaErrorInvalidResourceHandle;
  own->work.push_back(std::move(work));
  return cudaSuccess;
}

cudaError_t cuda_on_host::check(const cudaLaunchConfig_t& config) {
  const auto& [blocks, threads, shared, stream] = config;
  const bool fits = blocks.x >= 1 && blocks.x <= 0x7FFFFFFF && blocks.y >= 1 && blocks.y <= 65535 && blocks.z >= 1 &&
                    blocks.z <= 65535 && threads.x >= 1 && threads.y >= 1 && threads.z >= 1 &&
                    std::size_t{threads.x} * threads.y * threads.z <= 1024 && shared == 0;
  return fits ? cudaSuccess : cudaErrorInvalidConfiguration;
}

const char* cudaGetErrorString(cudaError_t status) {
  switch (status) {
    case cudaSuccess: return "no error";
    case cudaErrorInvalidValue: return "invalid argument";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorInvalidConfiguration: return "invalid configuration argument";
    case cudaErrorInsufficientDriver: return "insufficient driver";
    case cudaErrorNoDevice: return "no device";
    case cudaErrorInvalidDevice: return "invalid device";
    case cudaErrorInvalidResourceHandle: return "invalid resource handle";
    case cudaErrorUnknown: break;
  }
  return "unknown error";
}

cudaError_t cudaGetLastError() { return cudaSuccess; }

cudaError_t cudaDriverGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = devices;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (device < 0 || device >= devices) return cudaErrorInvalidDevice;
  std::snprintf(properties->name, sizeof properties->name, "the host, in place of a device");
  properties->major = 9;
  properties->minor = 0;
  properties->totalGlobalMem = memory_of_device;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
  *device = current_device;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  if (device < 0 || device >= devices) return cudaErrorInvalidDevice;
  current_device = device;
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  const std::lock_guard lock(mutex);
  if (bytes > memory_of_device - device_memory.bytes_on(current_device)) return cudaErrorMemoryAllocation;
  return device_memory.take(memory, bytes, current_device);
}

cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
  const std::lock_guard lock(mutex);
  return pinned_memory.take(memory, bytes, current_device);
}

// Both wait for all that was begun.
cudaError_t cudaFree(void* memory) {
  const std::lock_guard lock(mutex);
  finish_all();
  return device_memory.give_back(memory);
}

cudaError_t cudaFreeHost(void* memory) {
  const std::lock_guard lock(mutex);
  finish_all();
  return pinned_memory.give_back(memory);
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  const std::lock_guard lock(mutex);
  *total = memory_of_device;
  *free = memory_of_device - device_memory.bytes_on(current_device);
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  if (flags != cudaStreamNonBlocking) return cudaErrorInvalidValue;
  const std::lock_guard lock(mutex);
  *stream = *streams.insert(new StreamOnHost{current_device, {}}).first;
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const std::lock_guard lock(mutex);
  if (streams.erase(stream) == 0) return cudaErrorInvalidResourceHandle;
  const std::unique_ptr<StreamOnHost> own(stream);
  finish(*own);
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const std::lock_guard lock(mutex);
  // It may be called with any device as the current one.
  StreamOnHost* const own = stream == cudaStreamLegacy ? stream_of(stream) : streams.contains(stream) ? stream : nullptr;
  if (!own) return cudaErrorInvalidResourceHandle;
  finish(*own);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  const std::lock_guard lock(mutex);
  return copy(stream_of(stream), to, from, bytes, kind);
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return cudaMemcpyAsync(to, from, bytes, kind, cudaStreamLegacy);
}

cudaError_t cudaMemsetAsync(void* memory, int byte, std::size_t bytes, cudaStream_t stream) {
  const std::lock_guard lock(mutex);
  StreamOnHost* const own = stream_of(stream);
  if (!own) return cudaErrorInvalidResourceHandle;
  if (!device_memory.has(memory, bytes)) return cudaErrorInvalidValue;
  own->work.push_back([memory, byte, bytes] { std::memset(memory, byte, bytes); });
  return cudaSuccess;
}

cudaError_t cudaMemset(void* memory, int byte, std::size_t bytes) {
  return cudaMemsetAsync(memory, byte, bytes, cudaStreamLegacy);
}
