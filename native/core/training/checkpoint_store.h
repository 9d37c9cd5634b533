#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace caloscope {

/// Where checkpoints are kept: bytes under the number of a network. May be called from several threads at once, for
/// different numbers.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;

  /// What was saved last under this number; nothing when nothing was. Throws Error(checkpoint) when it cannot be read.
  virtual std::optional<std::vector<std::byte>> load(std::uint32_t number) = 0;

  /// Saves the pieces as one. What was there before stays whole until the new is: whatever happens in between, one of
  /// the two can be loaded. Throws Error(output) when it cannot be written.
  virtual void save(std::uint32_t number, std::span<const std::span<const std::byte>> pieces) = 0;

  /// What a user finds it under.
  virtual std::string place(std::uint32_t number) const = 0;
};

}  // namespace caloscope
