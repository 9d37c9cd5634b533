#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/error.h"

namespace caloscope {

// The Huffman codes of RFC 1951.

inline constexpr unsigned longest_code = 15;
inline constexpr unsigned literal_symbols = 288;
inline constexpr unsigned distance_symbols = 32;

/// What a run of bits of the stream means, in one word.
class Code {
 public:
  enum Kind : std::uint32_t { invalid, run, end, longer, literal };

  constexpr Code() = default;
  constexpr Code(Kind kind, unsigned value, unsigned extra = 0)
      : word_{kind == literal ? literal_flag | value << 16 : kind << 12 | extra << 8 | value << 16} {}

  /// Asked for every byte of the stream: one comparison.
  bool is_literal() const { return (word_ & literal_flag) != 0; }
  /// Of codes that are no literal.
  Kind kind() const { return static_cast<Kind>((word_ >> 12) & 3); }
  /// Bits that the code takes.
  unsigned bits() const { return word_ & 63; }
  /// Bits that follow and are added to the value; for `longer` those that the next table is asked with.
  unsigned extra() const { return (word_ >> 8) & 15; }
  std::uint8_t byte() const { return static_cast<std::uint8_t>(word_ >> 16); }
  /// Shortest length, shortest distance, or place of the table that goes on.
  unsigned value() const { return word_ >> 16; }
  Code with_bits(unsigned bits) const {
    Code code = *this;
    code.word_ = (word_ & ~63U) | bits;
    return code;
  }

 private:
  static constexpr std::uint32_t literal_flag = 1U << 31;

  std::uint32_t word_ = 0;
};

/// Decodes one code at a time: a first table for codes of up to `first_bits`, and one more look for longer ones.
template <unsigned symbols, unsigned first_bits>
class CodeTable {
 public:
  /// What stands in the first table.
  Code first(std::uint64_t bits) const { return codes_[bits & ((1U << first_bits) - 1)]; }
  /// Goes on from a code of the kind `longer`.
  Code second(Code first, std::uint64_t bits) const {
    return codes_[first.value() + ((bits >> first_bits) & ((1U << first.extra()) - 1))];
  }
  Code find(std::uint64_t bits) const {
    const Code code = first(bits);
    return !code.is_literal() && code.kind() == Code::longer ? second(code, bits) : code;
  }

  /// `lengths` has the bits of each symbol's code, 0 for those that do not occur; `meaning` what each symbol stands for.
  /// Codes must be complete; no code at all is allowed, and where `lone` says so a single one of one bit: as zlib does.
  /// Throws Error(corrupt).
  void build(std::span<const std::uint8_t> lengths, std::span<const Code> meaning, bool lone) {
    std::array<unsigned, longest_code + 2> next = first_codes(lengths, lone);
    std::array<std::uint16_t, symbols> code_of{};
    std::array<std::uint8_t, table_size> beyond{};  // bits of the longest code behind each entry of the first table
    for (unsigned symbol = 0; symbol < lengths.size(); ++symbol) {
      const unsigned length = lengths[symbol];
      if (length == 0) continue;
      code_of[symbol] = reversed(next[length]++, length);
      if (length <= first_bits) continue;
      auto& most = beyond[code_of[symbol] & (table_size - 1)];
      most = std::max(most, static_cast<std::uint8_t>(length - first_bits));
    }
    std::fill_n(codes_.begin(), table_size, Code(Code::invalid, 0).with_bits(1));
    std::size_t end = table_size;
    for (unsigned symbol = 0; symbol < lengths.size(); ++symbol) {
      const unsigned length = lengths[symbol];
      if (length == 0) continue;
      const Code code = meaning[symbol].with_bits(length);
      if (length <= first_bits) {
        repeat(0, table_size, code_of[symbol], length, code);
        continue;
      }
      const unsigned start = code_of[symbol] & (table_size - 1);
      if (codes_[start].is_literal() || codes_[start].kind() != Code::longer) {
        codes_[start] = Code(Code::longer, static_cast<unsigned>(end), beyond[start]).with_bits(first_bits);
        end += std::size_t{1} << beyond[start];
      }
      const std::size_t size = std::size_t{1} << codes_[start].extra();
      repeat(codes_[start].value(), size, code_of[symbol] >> first_bits, length - first_bits, code);
    }
  }

 private:
  static constexpr unsigned table_size = 1U << first_bits;

  /// The first code of each length.
  static std::array<unsigned, longest_code + 2> first_codes(std::span<const std::uint8_t> lengths, bool lone) {
    std::array<unsigned, longest_code + 1> count{};
    for (const auto length : lengths) ++count[length];
    count[0] = 0;
    std::array<unsigned, longest_code + 2> next{};
    int left = 1;
    unsigned used = 0;
    for (unsigned length = 1; length <= longest_code; ++length) {
      left = 2 * left - static_cast<int>(count[length]);
      if (left < 0) throw Error(ErrorCode::corrupt, "a set of codes that contradicts itself");
      used += count[length];
      next[length + 1] = (next[length] + count[length]) << 1;
    }
    if (left > 0 && used > 0 && !(lone && count[1] == used)) throw Error(ErrorCode::corrupt, "an incomplete set of codes");
    return next;
  }

  static std::uint16_t reversed(unsigned code, unsigned length) {
    unsigned result = 0;
    for (unsigned i = 0; i < length; ++i) result |= ((code >> i) & 1U) << (length - 1 - i);
    return static_cast<std::uint16_t>(result);
  }

  /// The stream gives the bits of a code first: whatever bits follow it, the entry is the same.
  void repeat(std::size_t table, std::size_t size, std::size_t at, unsigned length, Code code) {
    for (; at < size; at += std::size_t{1} << length) codes_[table + at] = code;
  }

  // Behind each entry that goes on a complete set has at least two codes.
  std::array<Code, table_size + symbols / 2 * (std::size_t{1} << (longest_code - first_bits))> codes_;
};

struct Meanings {
  std::array<Code, literal_symbols> literals;
  std::array<Code, distance_symbols> distances;
  std::array<Code, 19> lengths;
};

constexpr Meanings make_meanings() {
  Meanings all;
  for (unsigned symbol = 0; symbol < 256; ++symbol) all.literals[symbol] = {Code::literal, symbol};
  all.literals[256] = {Code::end, 0};
  unsigned length = 3;
  for (unsigned symbol = 257; symbol < 285; ++symbol) {
    const unsigned extra = symbol < 265 ? 0 : (symbol - 261) / 4;
    all.literals[symbol] = {Code::run, length, extra};
    length += 1U << extra;
  }
  all.literals[285] = {Code::run, 258};
  unsigned distance = 1;
  for (unsigned symbol = 0; symbol < 30; ++symbol) {
    const unsigned extra = symbol < 4 ? 0 : (symbol - 2) / 2;
    all.distances[symbol] = {Code::run, distance, extra};
    distance += 1U << extra;
  }
  for (unsigned symbol = 0; symbol < 19; ++symbol) all.lengths[symbol] = {Code::literal, symbol};
  return all;
}

/// What the symbols stand for.
inline constexpr Meanings meanings = make_meanings();

}  // namespace caloscope
