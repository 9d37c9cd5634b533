#include "core/inflate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/random.h"
#include "thrown_code.h"

namespace caloscope {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes unpacked(const Bytes& packed, std::size_t room) {
  Bytes target(room, 0xee);
  target.resize(inflate_zlib(packed, target));
  return target;
}

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

/// The checksum as RFC 1950 defines it.
std::uint32_t adler_plainly(const Bytes& bytes) {
  std::uint32_t a = 1, b = 0;
  for (const auto byte : bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

Bytes stored(const Bytes& content) {
  Bytes packed{0x78, 0x01};
  std::size_t at = 0;
  do {
    const std::size_t size = std::min<std::size_t>(65535, content.size() - at);
    packed.push_back(at + size == content.size());
    for (const std::size_t number : {size, ~size}) {
      packed.push_back(static_cast<std::uint8_t>(number));
      packed.push_back(static_cast<std::uint8_t>(number >> 8));
    }
    packed.insert(packed.end(), content.begin() + static_cast<std::ptrdiff_t>(at),
                  content.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  } while (at < content.size());
  const std::uint32_t sum = adler_plainly(content);
  for (int shift = 24; shift >= 0; shift -= 8) packed.push_back(static_cast<std::uint8_t>(sum >> shift));
  return packed;
}

// Written by zlib: level 9, level 9 with the fixed codes, and one run over the whole.
const Bytes dynamic_text{
    120,218,85,207,49,14,128,48,8,5,208,171,244,8,80,74,129,67,184,122,3,141,91,19,59,120,125,5,151,178,48,188,
    252,31,242,231,53,158,227,46,80,198,249,157,237,216,203,252,5,93,72,0,87,172,142,77,41,33,69,146,44,213,155,
    163,17,167,36,59,86,233,186,98,143,58,171,172,40,142,168,196,43,170,163,52,77,104,142,108,233,15,198,28,4,179,
    164,49,201,0,66,95,236,110,72,180};
const Bytes fixed_text{
    120,1,43,206,200,47,79,45,82,48,80,200,79,3,18,190,169,97,10,197,16,17,67,144,136,177,185,129,33,178,160,17,
    72,208,196,194,24,69,208,24,172,210,216,18,69,187,9,72,208,210,216,20,69,165,41,72,208,200,220,204,2,89,208,
    12,172,221,212,194,28,89,208,28,36,104,104,97,108,138,44,104,1,18,52,55,177,64,17,180,4,9,154,90,162,216,99,8,
    246,142,161,129,165,37,138,40,216,75,150,6,6,96,81,0,236,110,72,180};
const Bytes zeros{
    120,218,237,193,49,1,0,0,0,194,160,245,79,109,13,15,160,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,128,87,3,134,175,0,1};
const std::string text = [] {
  std::string all;
  for (int i = 0; i < 12; ++i) {
    all += (i > 0 ? " shower " : "shower ") + std::to_string(i) + " of " + std::to_string(i * i * 3701 % 9973) + " MeV";
  }
  return all;
}();

TEST(Inflate, UnpacksWhatZlibPacked) {
  EXPECT_EQ(unpacked(dynamic_text, text.size()), bytes_of(text));
  EXPECT_EQ(unpacked(fixed_text, text.size()), bytes_of(text));
  EXPECT_EQ(unpacked(zeros, 100000), Bytes(100000));
  EXPECT_EQ(unpacked(zeros, 150000), Bytes(100000));
}

TEST(Inflate, UnpacksStoredBlocks) {
  RandomStream random(1, 0);
  for (const std::size_t size : {0U, 1U, 5U, 65535U, 65536U, 200000U}) {
    Bytes content(size);
    for (auto& byte : content) byte = static_cast<std::uint8_t>(256 * random.uniform());
    EXPECT_EQ(unpacked(stored(content), size), content);
  }
}

TEST(Inflate, LooksAtNothingBehindTheStream) {
  Bytes longer = dynamic_text;
  longer.insert(longer.end(), 100, 0xff);
  EXPECT_EQ(unpacked(longer, text.size()), bytes_of(text));
}

TEST(Inflate, RefusesAStreamThatEndsTooEarly) {
  for (const Bytes& whole : {dynamic_text, fixed_text, zeros, stored(Bytes(300, 7))}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(code_of([&] { unpacked(cut, 100000); }), ErrorCode::corrupt) << size;
    }
  }
}

TEST(Inflate, RefusesAStreamThatHoldsMoreThanItShould) {
  EXPECT_EQ(code_of([&] { unpacked(dynamic_text, text.size() - 1); }), ErrorCode::corrupt);
  EXPECT_EQ(code_of([&] { unpacked(fixed_text, 0); }), ErrorCode::corrupt);
  EXPECT_EQ(code_of([&] { unpacked(zeros, 99999); }), ErrorCode::corrupt);
  EXPECT_EQ(code_of([&] { unpacked(stored(Bytes(300, 7)), 299); }), ErrorCode::corrupt);
}

TEST(Inflate, NoticesEveryFlippedBitThatMatters) {
  for (const Bytes& whole : {dynamic_text, fixed_text}) {
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      Bytes flipped = whole;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      Bytes target(text.size() + 500);
      try {
        target.resize(inflate_zlib(flipped, target));
        EXPECT_EQ(target, bytes_of(text)) << bit;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::corrupt);
        ++refused;
      }
    }
    // All but the bits that fill up the last byte of the codes.
    EXPECT_GE(refused + 7, 8 * whole.size());
  }
}

TEST(Inflate, SurvivesNoise) {
  RandomStream random(2, 0);
  for (int i = 0; i < 3000; ++i) {
    Bytes noise(static_cast<std::size_t>(200 * random.uniform()));
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(256 * random.uniform());
    if (noise.size() > 3) {
      noise[0] = 0x78;
      noise[1] = 0x9c;
      noise[2] = static_cast<std::uint8_t>((noise[2] & ~7U) | (i % 2 == 0 ? 5U : 3U));
    }
    EXPECT_EQ(code_of([&] { unpacked(noise, 2000); }), ErrorCode::corrupt);
  }
}

TEST(Adler32, IsThatOfTheDefinition) {
  RandomStream random(3, 0);
  for (const std::size_t size : {0U, 1U, 31U, 32U, 33U, 5535U, 5536U, 5537U, 100001U}) {
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(256 * random.uniform());
    EXPECT_EQ(adler32(bytes), adler_plainly(bytes)) << size;
    const Bytes high(size, 255);
    EXPECT_EQ(adler32(high), adler_plainly(high)) << size;
  }
}

}  // namespace
}  // namespace caloscope
