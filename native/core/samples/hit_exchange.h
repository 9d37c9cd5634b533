#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/samples/hit_block.h"

namespace caloscope {

/// Where threads that read a file publish blocks for the thread that consumes them: no block is copied on the way, and what is
/// never taken goes with the exchange. All functions may be called from any thread.
class HitExchange {
 public:
  static std::shared_ptr<HitExchange> create();
  /// The exchange of that number. Throws Error(disposed) when it is gone.
  static std::shared_ptr<HitExchange> find(std::uint64_t number);

  explicit HitExchange(std::uint64_t number) : number_(number) {}
  ~HitExchange();
  HitExchange(const HitExchange&) = delete;
  HitExchange& operator=(const HitExchange&) = delete;

  /// Never that of another exchange of this process.
  std::uint64_t number() const { return number_; }

  /// Publishes a block under the number of its first row; one that was there before is dropped.
  void publish(std::uint64_t first_row, HitBlock block);
  /// Throws Error(argument) when no block was published under that number.
  HitBlock consume(std::uint64_t first_row);

 private:
  const std::uint64_t number_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, HitBlock> blocks_;
};

}  // namespace caloscope
