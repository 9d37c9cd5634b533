#include "core/samples/hit_exchange.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "core/run/error.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

FoundShowers block_of(float energy) {
  const std::vector<float> voxels{0, energy};
  return {HitBlock({10}, {{std::span<const float>(voxels), 2}}), {}};
}

double energy_in(const FoundShowers& found) {
  double sum = 0;
  found.hits.for_each_hit(0, [&](std::uint32_t, double energy) { sum += energy; });
  return sum;
}

TEST(HitExchange, GivesEachBlockOnce) {
  const auto exchange = HitExchange::create();
  const auto other = HitExchange::create();
  EXPECT_NE(exchange->number(), other->number());
  HitExchange::find(exchange->number())->publish(5, block_of(1));
  HitExchange::find(exchange->number())->publish(9, block_of(2));
  HitExchange::find(other->number())->publish(5, block_of(3));
  EXPECT_EQ(energy_in(exchange->consume(9)), 2);
  EXPECT_EQ(energy_in(exchange->consume(5)), 1);
  EXPECT_EQ(energy_in(other->consume(5)), 3);
  EXPECT_EQ(thrown_code([&] { exchange->consume(5); }), ErrorCode::argument);
  EXPECT_EQ(thrown_code([&] { exchange->consume(6); }), ErrorCode::argument);
}

TEST(HitExchange, IsNotFoundWhenItIsGone) {
  auto exchange = HitExchange::create();
  const auto number = exchange->number();
  exchange->publish(0, block_of(1));
  exchange.reset();
  EXPECT_EQ(thrown_code([&] { HitExchange::find(number); }), ErrorCode::disposed);
  EXPECT_EQ(thrown_code([&] { HitExchange::find(0); }), ErrorCode::disposed);
}

TEST(HitExchange, IsUsedByManyThreads) {
  const auto exchange = HitExchange::create();
  const std::uint64_t threads = 4, blocks = 200;
  std::vector<std::thread> readers;
  for (std::uint64_t thread = 0; thread < threads; ++thread) {
    readers.emplace_back([&, thread] {
      for (std::uint64_t i = 0; i < blocks; ++i) {
        const std::uint64_t row = i * threads + thread;
        HitExchange::find(exchange->number())->publish(row, block_of(static_cast<float>(row + 1)));
        HitExchange::create()->publish(row, block_of(1));
      }
    });
  }
  for (auto& reader : readers) reader.join();
  for (std::uint64_t row = 0; row < threads * blocks; ++row) {
    ASSERT_EQ(energy_in(exchange->consume(row)), static_cast<double>(row + 1));
  }
}

}  // namespace
}  // namespace caloscope
