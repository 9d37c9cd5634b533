#include "core/learners/side_by_side_fits.h"

#include <algorithm>
#include <atomic>

namespace caloscope {

void fit_side_by_side(std::size_t count, unsigned threads, const char* stage, JobControl& control,
                      const std::function<void(std::size_t number, WorkerPool& pool)>& fit) {
  const auto side_by_side = static_cast<unsigned>(std::clamp<std::size_t>(count, 1, threads));
  std::atomic<std::size_t> done{0};
  WorkerPool(side_by_side).run(count, [&](std::size_t number, unsigned) {
    control.check();
    WorkerPool inside(threads / side_by_side);
    fit(number, inside);
    control.report({static_cast<double>(++done), static_cast<double>(count), stage});
  });
}

}  // namespace caloscope
