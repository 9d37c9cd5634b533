#include "core/run/worker_pool.h"

#include <algorithm>
#include <system_error>

namespace caloscope {

WorkerPool::WorkerPool(unsigned threads) {
  workers_.reserve(threads > 0 ? threads - 1 : 0);
  try {
    for (unsigned worker = 1; worker < threads; ++worker) workers_.emplace_back([this, worker] { work(worker); });
  } catch (const std::system_error&) {
    // No more threads are to be had: those that there are do the work.
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  start_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void WorkerPool::run(std::size_t tiles, const std::function<void(std::size_t, unsigned)>& body) {
  if (workers_.empty() || tiles <= 1) {
    for (std::size_t tile = 0; tile < tiles; ++tile) body(tile, 0);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    body_ = &body;
    tiles_ = tiles;
    next_tile_ = 0;
    failure_ = nullptr;
    busy_ = static_cast<unsigned>(workers_.size());
    ++loop_;
  }
  start_.notify_all();
  take_tiles(0);
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return busy_ == 0; });
  body_ = nullptr;
  if (failure_) std::rethrow_exception(failure_);
}

void WorkerPool::work(unsigned worker) {
  std::uint64_t seen = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      start_.wait(lock, [&] { return stopping_ || loop_ != seen; });
      if (stopping_) return;
      seen = loop_;
    }
    take_tiles(worker);
    {
      const std::lock_guard lock(mutex_);
      if (--busy_ == 0) finished_.notify_one();
    }
  }
}

void WorkerPool::take_tiles(unsigned worker) {
  for (;;) {
    std::size_t tile = 0;
    {
      const std::lock_guard lock(mutex_);
      if (next_tile_ >= tiles_ || failure_) return;
      tile = next_tile_++;
    }
    try {
      (*body_)(tile, worker);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }
}

TileRunner tiles_on(WorkerPool& pool) {
  return [&pool](std::size_t tiles, const std::function<void(std::size_t)>& body) {
    pool.run(tiles, [&body](std::size_t tile, unsigned) { body(tile); });
  };
}

TileRunner tiles_on(unsigned threads) {
  return [threads](std::size_t tiles, const std::function<void(std::size_t)>& body) {
    WorkerPool pool(static_cast<unsigned>(std::min<std::size_t>(threads, std::max<std::size_t>(tiles, 1))));
    tiles_on(pool)(tiles, body);
  };
}

}  // namespace caloscope
