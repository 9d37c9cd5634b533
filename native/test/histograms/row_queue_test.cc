#include "core/histograms/row_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

TEST(RowQueue, HandsPiecesOverInOrderAndUsesTheirMemoryAgain) {
  constexpr std::size_t pieces = 500;
  RowQueue queue(3);
  double sum = 0;
  std::size_t rows = 0;
  std::thread taker([&] {
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      const RowQueue::Piece& taken = queue.begin_take(JobControl());
      const auto columns = views(taken, 0, 2);
      const auto values = std::get<std::span<const double>>(columns[0]);
      EXPECT_TRUE(std::holds_alternative<std::monostate>(columns[1]));
      EXPECT_EQ(values.size(), taken.rows);
      for (const double value : values) {
        EXPECT_EQ(value, static_cast<double>(piece));
        sum += value;
      }
      rows += taken.rows;
      queue.end_take();
    }
  });
  std::size_t expected_rows = 0;
  double expected_sum = 0;
  for (std::size_t piece = 0; piece < pieces;) {
    RowQueue::Piece* const place = queue.begin_push();
    if (place == nullptr) continue;
    place->columns.resize(2);
    const std::vector<double> values(piece % 7, static_cast<double>(piece));
    assign(place->columns[0], std::span<const double>(values));
    place->rows = values.size();
    expected_rows += values.size();
    expected_sum += static_cast<double>(values.size() * piece);
    queue.end_push();
    ++piece;
  }
  taker.join();
  EXPECT_EQ(rows, expected_rows);
  EXPECT_EQ(sum, expected_sum);
}

TEST(RowQueue, IsFullAtItsSize) {
  RowQueue queue(2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_NE(queue.begin_push(), nullptr);
    queue.end_push();
  }
  EXPECT_EQ(queue.begin_push(), nullptr);
  queue.begin_take(JobControl());
  EXPECT_EQ(queue.begin_push(), nullptr);
  queue.end_take();
  EXPECT_NE(queue.begin_push(), nullptr);
}

TEST(RowQueue, NobodyWaitsForever) {
  RowQueue queue(1);
  JobControl control;
  std::atomic<bool> ended{false};
  std::thread taker([&] {
    EXPECT_EQ(thrown_code([&] { queue.begin_take(control); }), ErrorCode::cancelled);
    ended = true;
  });
  EXPECT_FALSE(ended);
  control.cancel();
  taker.join();

  // What was pushed before the end is still there.
  ASSERT_NE(queue.begin_push(), nullptr);
  queue.end_push();
  std::thread closer([&] { queue.close(); });
  queue.begin_take(JobControl());
  queue.end_take();
  EXPECT_EQ(thrown_code([&] { queue.begin_take(JobControl()); }), ErrorCode::cancelled);
  closer.join();
}

}  // namespace
}  // namespace caloscope
