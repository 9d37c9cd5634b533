#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/run/tile_runner.h"

namespace caloscope {

/// Threads that work on the tiles of one loop at a time. Tiles are handed out in order to the thread that is free, so a
/// loop body must not depend on the thread that runs it: what it writes is decided by the tile number alone.
class WorkerPool {
 public:
  /// `threads` ≥ 1 counts the calling thread: a pool of one runs everything inline and starts no thread. There are fewer where
  /// the system gives no more (limits of memory or of processes).
  explicit WorkerPool(unsigned threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  unsigned threads() const noexcept { return static_cast<unsigned>(workers_.size()) + 1; }

  /// Calls `body(tile, worker)` for every tile in [0, tiles), each once, and returns when all are done;
  /// `worker` in [0, threads()) tells whose scratch memory may be used. The first exception that a body throws
  /// ends the loop early and is thrown again here. Not reentrant.
  void run(std::size_t tiles, const std::function<void(std::size_t tile, unsigned worker)>& body);

 private:
  void work(unsigned worker);
  void take_tiles(unsigned worker);

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable finished_;
  std::uint64_t loop_ = 0;
  unsigned busy_ = 0;
  bool stopping_ = false;

  const std::function<void(std::size_t, unsigned)>* body_ = nullptr;
  std::size_t tiles_ = 0;
  std::size_t next_tile_ = 0;
  std::exception_ptr failure_;
};

/// Runs tiles on a pool that is there, which must outlive it.
TileRunner tiles_on(WorkerPool& pool);

/// Runs tiles on a pool of its own each time.
TileRunner tiles_on(unsigned threads);

}  // namespace caloscope
