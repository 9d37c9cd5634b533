#include "reading/chunk_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "test/support/zlib_stream.h"

namespace caloscope {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text) {
  Bytes bytes;
  for (const char letter : text) bytes.push_back(static_cast<std::byte>(letter));
  return bytes;
}

Bytes counted(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(7 * i + i / 256);
  return bytes;
}

/// The shuffle filter as its definition: byte k of every number, for each k.
Bytes shuffled(const Bytes& bytes, std::size_t size) {
  Bytes result;
  const std::size_t count = bytes.size() / size;
  for (std::size_t k = 0; k < size; ++k) {
    for (std::size_t i = 0; i < count; ++i) result.push_back(bytes[i * size + k]);
  }
  result.insert(result.end(), bytes.begin() + static_cast<std::ptrdiff_t>(count * size), bytes.end());
  return result;
}

void add_checksum(Bytes& bytes, bool exchanged = false) {
  const std::uint32_t sum = fletcher32(bytes);
  for (std::uint32_t i = 0; i < 4; ++i) bytes.push_back(static_cast<std::byte>(sum >> (8 * (exchanged ? i ^ 1U : i))));
}

struct Decoded {
  bool sound;
  Bytes bytes;
};

Decoded decoded(const Bytes& stored, const std::vector<FilterStep>& steps, std::size_t length, std::uint32_t left_out = 0) {
  ChunkDecoder decoder;
  Decoded result{false, Bytes(length)};
  std::ranges::copy(stored, decoder.stored(stored.size()).begin());
  result.sound = decoder.decode(steps, left_out, result.bytes);
  return result;
}

const FilterStep deflate{ChunkFilter::deflate, 0};
const FilterStep fletcher{ChunkFilter::fletcher32, 0};
FilterStep shuffle(std::uint32_t bytes) { return {ChunkFilter::shuffle, bytes}; }

bool can_inflate() { return make_inflater() != nullptr; }

TEST(ChunkDecoder, TakesFletchersSumsByHand) {
  EXPECT_EQ(fletcher32(bytes_of("")), 0U);
  EXPECT_EQ(fletcher32(bytes_of("ab")), 0x61626162U);    // one word: both sums are it
  EXPECT_EQ(fletcher32(bytes_of("abcd")), 0x2629c4c6U);  // 0x6162 + 0x6364 and 0x6162 + 0xc4c6 − 65535
}

TEST(ChunkDecoder, FoldsFletchersSumsAsPlainRemainders) {
  const Bytes bytes = counted(100'001);
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto low = i + 1 < bytes.size() ? std::to_integer<std::uint64_t>(bytes[i + 1]) : 0;
    first = (first + std::to_integer<std::uint64_t>(bytes[i]) * 256 + low) % 65535;
    second = (second + first) % 65535;
  }
  EXPECT_EQ(fletcher32(bytes), (second << 16) | first);
}

TEST(ChunkDecoder, UndoesShuffleOfAnySizeWithWhatIsLeft) {
  for (const std::uint32_t size : {1U, 2U, 3U, 4U, 8U, 16U}) {
    for (const std::size_t length : {0U, 1U, 15U, 64U, 67U, 1000U}) {
      const Bytes bytes = counted(length);
      Bytes result(length);
      unshuffle(shuffled(bytes, size), size, result);
      EXPECT_EQ(result, bytes) << size << ' ' << length;
    }
  }
}

TEST(ChunkDecoder, UndoesFiltersInAnyOrder) {
  const Bytes bytes = counted(100'000);
  Bytes summed = bytes;
  add_checksum(summed);
  EXPECT_EQ(decoded(bytes, {}, bytes.size()).bytes, bytes);
  EXPECT_EQ(decoded(shuffled(bytes, 4), {shuffle(4)}, bytes.size()).bytes, bytes);
  EXPECT_EQ(decoded(summed, {fletcher}, bytes.size()).bytes, bytes);
  if (!can_inflate()) GTEST_SKIP() << "nothing here inflates";
  const auto check = [&](const Bytes& stored, const std::vector<FilterStep>& steps) {
    const Decoded found = decoded(stored, steps, bytes.size());
    EXPECT_TRUE(found.sound);
    EXPECT_EQ(found.bytes, bytes);
  };
  check(zlib_stream(bytes), {deflate});
  check(zlib_stream(shuffled(bytes, 4)), {shuffle(4), deflate});
  check(shuffled(zlib_stream(bytes), 4), {deflate, shuffle(4)});
  check(zlib_stream(summed), {fletcher, deflate});
  check(zlib_stream(shuffled(summed, 8)), {fletcher, shuffle(8), deflate});
  Bytes outer = zlib_stream(shuffled(bytes, 4));
  add_checksum(outer);
  check(outer, {shuffle(4), deflate, fletcher});
  Bytes old = zlib_stream(bytes);
  add_checksum(old, true);
  check(old, {deflate, fletcher});
}

TEST(ChunkDecoder, LeavesOutWhatWritingLeftOut) {
  const Bytes bytes = counted(4000);
  EXPECT_EQ(decoded(shuffled(bytes, 4), {shuffle(4), deflate}, bytes.size(), 0b10).bytes, bytes);
  EXPECT_EQ(decoded(bytes, {shuffle(4), deflate}, bytes.size(), 0b11).bytes, bytes);
}

TEST(ChunkDecoder, UsesItsMemoryAgain) {
  if (!can_inflate()) GTEST_SKIP() << "nothing here inflates";
  ChunkDecoder decoder;
  for (const std::size_t length : {5000U, 100U, 20'000U, 1U, 20'000U}) {
    const Bytes bytes = counted(length);
    const Bytes stored = zlib_stream(shuffled(bytes, 4));
    std::ranges::copy(stored, decoder.stored(stored.size()).begin());
    Bytes chunk(length);
    const std::array steps{shuffle(4), deflate};
    EXPECT_TRUE(decoder.decode(steps, 0, chunk));
    EXPECT_EQ(chunk, bytes);
  }
}

TEST(ChunkDecoder, RefusesWhatIsNotExactlyAChunk) {
  const Bytes bytes = counted(1000);
  EXPECT_FALSE(decoded(bytes, {}, 999).sound);
  EXPECT_FALSE(decoded(bytes, {}, 1001).sound);
  EXPECT_FALSE(decoded(bytes, {shuffle(4)}, 1004).sound);
  EXPECT_FALSE(decoded(bytes, {shuffle(0)}, 1000).sound);
  EXPECT_FALSE(decoded(bytes_of("abc"), {fletcher}, 0).sound);
  Bytes summed = bytes;
  add_checksum(summed);
  summed[17] ^= std::byte{1};
  EXPECT_FALSE(decoded(summed, {fletcher}, bytes.size()).sound);
  EXPECT_FALSE(decoded({}, {deflate}, bytes.size()).sound);
}

class Inflaters : public testing::TestWithParam<std::unique_ptr<Inflater> (*)()> {};

TEST_P(Inflaters, TellASoundStreamFromAllOthers) {
  const auto inflater = GetParam()();
  if (!inflater) GTEST_SKIP() << "it is not here";
  const Bytes bytes = counted(70'000);
  Bytes stream = zlib_stream(bytes);
  const auto unpacks = [&](std::size_t length) {
    Bytes result(length);
    return inflater->unpack(stream, result) && std::equal(result.begin(), result.end(), bytes.begin());
  };
  EXPECT_TRUE(unpacks(bytes.size()));
  EXPECT_FALSE(unpacks(bytes.size() - 1));
  EXPECT_FALSE(unpacks(bytes.size() + 1));
  EXPECT_FALSE(unpacks(0));
  stream.push_back(std::byte{0});  // bytes behind the stream are no part of it
  EXPECT_TRUE(unpacks(bytes.size()));
  stream.pop_back();
  stream.back() ^= std::byte{1};
  EXPECT_FALSE(unpacks(bytes.size()));
  stream.pop_back();
  EXPECT_FALSE(unpacks(bytes.size()));
  stream.clear();
  EXPECT_FALSE(unpacks(bytes.size()));
}

INSTANTIATE_TEST_SUITE_P(Each, Inflaters, testing::Values(make_libdeflate_inflater, make_zlib_inflater));

}  // namespace
}  // namespace caloscope
