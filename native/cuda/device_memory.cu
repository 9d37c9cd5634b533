#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

#include "core/run/error.h"
#include "cuda/device_memory.h"
#include "cuda/trials.h"

namespace caloscope::cuda {
namespace {

/// Allocations to go until one fails; below 0: none does.
std::atomic<int> until_failure{-1};
std::atomic<bool> poisons{false};
/// Bytes that seem to be free; 0: those that are.
std::atomic<std::size_t> most_free{0};

bool fails_in_trial() { return poisons && until_failure.fetch_sub(1) == 0; }

std::string megabytes(std::size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

[[noreturn]] void refuse(MemoryKind kind, std::size_t bytes) {
  if (kind == MemoryKind::pinned) {
    throw Error(ErrorCode::memory, megabytes(bytes) + " of pinned host memory are needed and not to be got; use the device cpu");
  }
  std::size_t free = 0, total = 0;
  cudaMemGetInfo(&free, &total);
  throw Error(ErrorCode::memory, megabytes(bytes) + " of device memory are needed, " + megabytes(free) +
                                     " are free; end what else uses the device, take another, or use the device cpu");
}

}  // namespace

void try_allocations(int number) {
  until_failure = number;
  poisons = number >= 0;
}

void try_free_memory(std::size_t bytes) { most_free = bytes; }

void* allocate(MemoryKind kind, std::size_t bytes) {
  if (bytes == 0) return nullptr;
  void* memory = nullptr;
  const bool fails = fails_in_trial();
  const cudaError_t status = fails                        ? cudaErrorMemoryAllocation
                             : kind == MemoryKind::device ? cudaMalloc(&memory, bytes)
                                                          : cudaMallocHost(&memory, bytes);
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();
    refuse(kind, bytes);
  }
  const auto give_back = [kind](void* taken) { release(kind, taken); };
  std::unique_ptr<void, decltype(give_back)> owned(memory, give_back);
  check(status, "taking memory");
  if (kind == MemoryKind::device && poisons) {
    check(cudaMemset(memory, 0xFF, bytes), "filling memory");
    wait_for_copies();
  }
  return owned.release();
}

void release(MemoryKind kind, void* memory) noexcept {
  if (!memory) return;
  if (kind == MemoryKind::device) cudaFree(memory);
  else cudaFreeHost(memory);
}

std::size_t free_memory() {
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "asking for the free memory");
  const std::size_t most = most_free;
  return most > 0 ? std::min(free, most) : free;
}

}  // namespace caloscope::cuda
