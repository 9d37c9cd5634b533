#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <variant>
#include <vector>

#include "core/histograms/histogram_fill.h"
#include "core/run/job_control.h"

namespace caloscope {

/// Rows on their way from the thread that copies them to the one that works on them. Their memory is used again and again:
/// fresh memory costs more than the copy itself, and pieces that were just written are still in the cache.
class RowQueue {
 public:
  /// Numbers of one column; monostate stands for a weight column without weights.
  using Column = std::variant<std::monostate, std::vector<float>, std::vector<double>>;
  struct Piece {
    std::vector<Column> columns;
    std::size_t rows = 0;
  };

  /// `pieces` ≥ 1 wait at most.
  explicit RowQueue(std::size_t pieces) : pieces_(pieces) {}

  /// The place for the next piece, with what it held before; a null pointer while all wait. One thread pushes: begin_push,
  /// then end_push when the piece is written, or nothing.
  Piece* begin_push();
  void end_push();
  /// No more will be pushed.
  void close();

  /// The next piece, waited for. One thread takes: begin_take, then end_take when the piece is done with.
  /// Throws Error(cancelled) when the job is cancelled or the queue closed before there is a piece.
  const Piece& begin_take(const JobControl& control);
  void end_take();

 private:
  std::vector<Piece> pieces_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t pushed_ = 0;
  std::size_t taken_ = 0;
  bool closed_ = false;
};

/// Copies `values` into a column, into the memory it has.
template <class T>
void assign(RowQueue::Column& column, std::span<const T> values) {
  if (!std::holds_alternative<std::vector<T>>(column)) column = std::vector<T>();
  std::get<std::vector<T>>(column).assign(values.begin(), values.end());
}

/// The columns [first, last) of a piece.
std::vector<ColumnView> views(const RowQueue::Piece& piece, std::size_t first, std::size_t last);

}  // namespace caloscope
