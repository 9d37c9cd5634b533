#include "core/histograms/row_queue.h"

#include <chrono>

#include "core/run/error.h"

namespace caloscope {

RowQueue::Piece* RowQueue::begin_push() {
  const std::lock_guard lock(mutex_);
  return pushed_ - taken_ < pieces_.size() ? &pieces_[pushed_ % pieces_.size()] : nullptr;
}

void RowQueue::end_push() {
  {
    const std::lock_guard lock(mutex_);
    ++pushed_;
  }
  changed_.notify_one();
}

void RowQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
}

const RowQueue::Piece& RowQueue::begin_take(const JobControl& control) {
  // A cancelled job gets no signal.
  constexpr std::chrono::milliseconds patience{5};
  std::unique_lock lock(mutex_);
  while (taken_ == pushed_) {
    if (closed_) throw Error(ErrorCode::cancelled, "the rows of a fill were not all given");
    control.check();
    changed_.wait_for(lock, patience);
  }
  return pieces_[taken_ % pieces_.size()];
}

void RowQueue::end_take() {
  const std::lock_guard lock(mutex_);
  ++taken_;
}

std::vector<ColumnView> views(const RowQueue::Piece& piece, std::size_t first, std::size_t last) {
  std::vector<ColumnView> result;
  for (std::size_t c = first; c < last; ++c) {
    result.emplace_back();
    if (const auto* floats = std::get_if<std::vector<float>>(&piece.columns[c])) {
      result.back() = std::span<const float>(*floats);
    }
    if (const auto* doubles = std::get_if<std::vector<double>>(&piece.columns[c])) {
      result.back() = std::span<const double>(*doubles);
    }
  }
  return result;
}

}  // namespace caloscope
