#include "core/run/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace caloscope {
namespace {

TEST(WorkerPool, RunsEveryTileOnce) {
  for (unsigned threads = 1; threads <= 4; ++threads) {
    WorkerPool pool(threads);
    for (const std::size_t tiles : {0, 1, 2, 3, 100}) {
      std::vector<std::atomic<int>> visits(tiles);
      pool.run(tiles, [&](std::size_t tile, unsigned worker) {
        EXPECT_LT(worker, pool.threads());
        ++visits[tile];
      });
      for (const auto& visit : visits) EXPECT_EQ(visit, 1);
    }
  }
}

TEST(WorkerPool, ThrowsWhatABodyThrewAndStaysUsable) {
  WorkerPool pool(3);
  EXPECT_THROW(pool.run(50, [](std::size_t tile, unsigned) {
    if (tile == 17) throw std::runtime_error("seventeen");
  }), std::runtime_error);
  std::atomic<int> done{0};
  pool.run(10, [&](std::size_t, unsigned) { ++done; });
  EXPECT_EQ(done, 10);
}

}  // namespace
}  // namespace caloscope
