#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/training/checkpoint_store.h"

namespace caloscope {

using Bytes = std::vector<std::byte>;

/// Keeps every checkpoint that was ever saved.
class MemoryCheckpoints : public CheckpointStore {
 public:
  std::map<std::uint32_t, std::vector<Bytes>> saved;

  std::optional<Bytes> load(std::uint32_t number) override {
    const std::lock_guard lock(mutex_);
    const auto found = saved.find(number);
    if (found == saved.end() || found->second.empty()) return std::nullopt;
    return found->second.back();
  }

  void save(std::uint32_t number, std::span<const std::span<const std::byte>> pieces) override {
    Bytes bytes;
    for (const auto& piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
    const std::lock_guard lock(mutex_);
    saved[number].push_back(std::move(bytes));
  }

  std::string place(std::uint32_t number) const override { return "memory " + std::to_string(number); }

  /// What a process that was killed when every network had saved `count` times (or was done) left behind.
  MemoryCheckpoints after(std::size_t count) const {
    MemoryCheckpoints left;
    for (const auto& [number, versions] : saved) {
      if (count > 0) left.saved[number].push_back(versions[std::min(count, versions.size()) - 1]);
    }
    return left;
  }

  MemoryCheckpoints() = default;
  MemoryCheckpoints(MemoryCheckpoints&& other) noexcept : saved(std::move(other.saved)) {}

 private:
  std::mutex mutex_;
};

}  // namespace caloscope
