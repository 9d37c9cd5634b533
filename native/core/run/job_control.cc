#include "core/run/job_control.h"

#include "core/run/error.h"

namespace caloscope {

void JobControl::check() const {
  if (cancelled()) throw Error(ErrorCode::cancelled, "the work was cancelled");
}

void JobControl::report(Progress progress) {
  if (!sink_) return;
  const std::lock_guard lock(mutex_);
  const bool same_stage = progress.message == furthest_.message && progress.total == furthest_.total;
  if (same_stage && progress.done < furthest_.done) return;
  furthest_ = progress;
  sink_(progress);
}

}  // namespace caloscope
