#pragma once

#include <cstddef>
#include <functional>

#include "core/run/job_control.h"
#include "core/run/worker_pool.h"

namespace caloscope {

/// Fits `count` members with `fit(number, pool)`, as many side by side as there are threads; what is left over works
/// inside each. The first failure is thrown again. Progress is counted in members, `stage` says what they are.
void fit_side_by_side(std::size_t count, unsigned threads, const char* stage, JobControl& control,
                      const std::function<void(std::size_t number, WorkerPool& pool)>& fit);

}  // namespace caloscope
