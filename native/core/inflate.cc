#include "core/inflate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/huffman_codes.h"

namespace caloscope {
namespace {

[[noreturn]] void refuse(const char* what) { throw Error(ErrorCode::corrupt, what); }

constexpr std::size_t longest_run = 258;
/// Runs are copied in words of 8 bytes and may write beyond their end by less than this.
constexpr std::size_t copy_slack = 16;
/// Bytes of the input that one step of the fast loop may take.
constexpr std::size_t input_slack = 16;

std::uint64_t load64(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

void copy8(std::uint8_t* to, const std::uint8_t* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof(word));
  std::memcpy(to, &word, sizeof(word));
}

/// Repeats what stands `distance` before `to`; up to `copy_slack` bytes beyond the end are overwritten too.
void copy_run(std::uint8_t* to, std::size_t distance, std::size_t length) {
  std::uint8_t* const end = to + length;
  const std::uint8_t* from = to - distance;
  if (distance >= 8) {
    do {
      copy8(to, from);
      to += 8;
      from += 8;
    } while (to < end);
  } else if (distance == 1) {
    std::memset(to, *from, length);
  } else {
    // Each word repeats `distance` bytes rightly.
    do {
      copy8(to, from);
      to += distance;
      from += distance;
    } while (to < end);
  }
}

/// Bits of the input, the lowest of each byte first.
struct BitStream {
  const std::uint8_t* next;
  const std::uint8_t* end;
  /// Bits that were read ahead, `held` of them, the next one lowest. Above them may stand bits of the next bytes.
  std::uint64_t bits = 0;
  unsigned held = 0;

  std::size_t left() const { return static_cast<std::size_t>(end - next); }
  std::uint64_t look(unsigned count) const { return bits & ((std::uint64_t{1} << count) - 1); }

  void drop(unsigned count) {
    bits >>= count;
    held -= count;
  }

  /// As many bits as there are, 56 at least where the input goes on.
  void fill() {
    while (held <= 55 && next < end) {
      bits |= std::uint64_t{*next++} << held;
      held += 8;
    }
  }

  /// The same in one step; 8 bytes must be left.
  void refill() {
    bits |= load64(next) << held;
    next += (63 - held) / 8;
    held |= 56;
  }

  /// Goes on with the next whole byte that was not taken.
  void align() {
    drop(held % 8);
    next -= held / 8;
    bits = 0;
    held = 0;
  }
};

class Inflation {
 public:
  Inflation(std::span<const std::uint8_t> packed, std::span<std::uint8_t> target)
      : in_{packed.data(), packed.data() + packed.size()}, out_begin_(target.data()), out_(out_begin_), out_end_(out_ + target.size()) {}

  std::size_t run() {
    read_header();
    bool last = false;
    while (!last) {
      last = take(1) == 1;
      switch (take(2)) {
        case 0: copy_stored(); break;
        case 1: read_fixed_codes(); read_codes(); break;
        case 2: read_dynamic_codes(); read_codes(); break;
        default: refuse("a block of an unknown kind");
      }
    }
    const auto size = static_cast<std::size_t>(out_ - out_begin_);
    check_sum({out_begin_, size});
    return size;
  }

 private:
  std::uint64_t take(unsigned count) {
    if (in_.held < count) in_.fill();
    if (in_.held < count) refuse("it ends too early");
    const std::uint64_t value = in_.look(count);
    in_.drop(count);
    return value;
  }

  template <class Table>
  Code take_code(const Table& table) {
    in_.fill();
    const Code code = table.find(in_.bits);
    if (!code.is_literal() && code.kind() == Code::invalid) refuse("a code that stands for nothing");
    if (code.bits() > in_.held) refuse("it ends too early");
    in_.drop(code.bits());
    return code;
  }

  void read_header() {
    const auto method = static_cast<unsigned>(take(8));
    const auto flags = static_cast<unsigned>(take(8));
    if ((256 * method + flags) % 31 != 0) refuse("a damaged header");
    if ((method & 15) != 8 || method >> 4 > 7) refuse("another method of packing");
    if ((flags & 32) != 0) refuse("a dictionary that is not there");
  }

  void copy_stored() {
    in_.drop(in_.held % 8);
    const auto length = static_cast<std::size_t>(take(16));
    if ((length ^ take(16)) != 0xffff) refuse("a damaged stored block");
    in_.align();
    if (in_.left() < length) refuse("it ends too early");
    if (static_cast<std::size_t>(out_end_ - out_) < length) refuse("it holds more than it should");
    if (length > 0) std::memcpy(out_, in_.next, length);
    in_.next += length;
    out_ += length;
  }

  void read_fixed_codes() {
    std::array<std::uint8_t, literal_symbols> lengths{};
    for (unsigned symbol = 0; symbol < literal_symbols; ++symbol) {
      lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
    }
    literals_.build(lengths, meanings.literals, true);
    std::array<std::uint8_t, distance_symbols> fives{};
    fives.fill(5);
    distances_.build(fives, meanings.distances, true);
  }

  void read_dynamic_codes() {
    const auto literals = static_cast<unsigned>(take(5)) + 257;
    const auto distances = static_cast<unsigned>(take(5)) + 1;
    const auto code_lengths = static_cast<unsigned>(take(4)) + 4;
    if (literals > 286 || distances > 30) refuse("too many codes");
    constexpr std::array<std::uint8_t, 19> order{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint8_t, 19> lengths_of_lengths{};
    for (unsigned i = 0; i < code_lengths; ++i) lengths_of_lengths[order[i]] = static_cast<std::uint8_t>(take(3));
    lengths_.build(lengths_of_lengths, meanings.lengths, false);
    std::array<std::uint8_t, literal_symbols + distance_symbols> lengths{};
    for (unsigned i = 0; i < literals + distances;) {
      const unsigned symbol = take_code(lengths_).byte();
      if (symbol < 16) {
        lengths[i++] = static_cast<std::uint8_t>(symbol);
        continue;
      }
      if (symbol == 16 && i == 0) refuse("a damaged set of codes");
      const std::uint8_t repeated = symbol == 16 ? lengths[i - 1] : std::uint8_t{0};
      const std::uint64_t times = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
      if (times > literals + distances - i) refuse("a damaged set of codes");
      for (std::uint64_t k = 0; k < times; ++k) lengths[i++] = repeated;
    }
    if (lengths[256] == 0) refuse("a block without an end");
    literals_.build({lengths.data(), literals}, meanings.literals, true);
    distances_.build({lengths.data() + literals, distances}, meanings.distances, true);
  }

  /// Literals and runs up to the end of a block.
  void read_codes() {
    if (!read_codes_fast()) read_codes_to_the_end();
  }

  /// As long as neither end is near nothing but the codes has to be checked. True when the block has ended.
  bool read_codes_fast() {
    // In variables of its own: a byte that is written could, for all that the compiler knows, be one of the members.
    BitStream in = in_;
    std::uint8_t* out = out_;
    bool ended = false;
    while (in.left() >= input_slack && static_cast<std::size_t>(out_end_ - out) >= longest_run + copy_slack) {
      in.refill();
      Code code = literals_.first(in.bits);
      // Four literals of the first table take 44 of the 56 bits at most.
      for (int i = 0; i < 4 && code.is_literal(); ++i) {
        *out++ = code.byte();
        in.drop(code.bits());
        code = literals_.first(in.bits);
      }
      if (code.is_literal()) continue;
      in.refill();
      if (code.kind() == Code::longer) code = literals_.second(code, in.bits);
      in.drop(code.bits());
      if (code.is_literal()) {
        *out++ = code.byte();
        continue;
      }
      if (code.kind() != Code::run) {
        if (code.kind() != Code::end) refuse("a code that stands for nothing");
        ended = true;
        break;
      }
      // Length and distance take 15 + 5 + 15 + 13 bits at most.
      const std::size_t length = code.value() + in.look(code.extra());
      in.drop(code.extra());
      const Code far = distances_.find(in.bits);
      if (far.kind() != Code::run) refuse("a code that stands for nothing");
      in.drop(far.bits());
      const std::size_t distance = far.value() + in.look(far.extra());
      in.drop(far.extra());
      if (distance > static_cast<std::size_t>(out - out_begin_)) refuse("a run of what was never there");
      copy_run(out, distance, length);
      out += length;
    }
    in_ = in;
    out_ = out;
    return ended;
  }

  void read_codes_to_the_end() {
    for (;;) {
      const Code code = take_code(literals_);
      if (!code.is_literal() && code.kind() == Code::end) return;
      const std::size_t length = code.is_literal() ? 1 : code.value() + take(code.extra());
      if (length > static_cast<std::size_t>(out_end_ - out_)) refuse("it holds more than it should");
      if (code.is_literal()) {
        *out_++ = code.byte();
        continue;
      }
      const Code far = take_code(distances_);
      const std::size_t distance = far.value() + take(far.extra());
      if (distance > static_cast<std::size_t>(out_ - out_begin_)) refuse("a run of what was never there");
      for (std::size_t i = 0; i < length; ++i, ++out_) *out_ = *(out_ - distance);
    }
  }

  void check_sum(std::span<const std::uint8_t> bytes) {
    in_.align();
    std::uint32_t stored = 0;
    for (int i = 0; i < 4; ++i) stored = (stored << 8) | static_cast<std::uint32_t>(take(8));
    if (stored != adler32(bytes)) refuse("its checksum is wrong");
  }

  BitStream in_;
  std::uint8_t* const out_begin_;
  std::uint8_t* out_;
  std::uint8_t* const out_end_;
  CodeTable<literal_symbols, 11> literals_;
  CodeTable<distance_symbols, 8> distances_;
  CodeTable<19, 7> lengths_;
};

}  // namespace

std::size_t inflate_zlib(std::span<const std::uint8_t> packed, std::span<std::uint8_t> target) {
  return std::make_unique<Inflation>(packed, target)->run();
}

std::uint32_t adler32(std::span<const std::uint8_t> bytes) {
  constexpr std::uint32_t modulus = 65521;
  // The sums of so many bytes fit 32 bits before they are reduced.
  constexpr std::size_t together = 5536;
  constexpr std::uint32_t group = 32;
  constexpr auto weights = [] {
    std::array<std::int16_t, group> descending{};
    for (unsigned k = 0; k < group; ++k) descending[k] = static_cast<std::int16_t>(group - k);
    return descending;
  }();
  std::uint32_t a = 1, b = 0;
  for (std::size_t start = 0; start < bytes.size(); start += together) {
    const auto piece = bytes.subspan(start, std::min(together, bytes.size() - start));
    std::size_t i = 0;
    for (; i + group <= piece.size(); i += group) {
      // Products of 16 bits: every processor has an instruction that adds them up.
      std::int32_t sum = 0, weighted = 0;
      for (std::uint32_t k = 0; k < group; ++k) {
        const auto byte = static_cast<std::int16_t>(piece[i + k]);
        sum += byte;
        weighted += byte * weights[k];
      }
      b += group * a + static_cast<std::uint32_t>(weighted);
      a += static_cast<std::uint32_t>(sum);
    }
    for (; i < piece.size(); ++i) {
      a += piece[i];
      b += a;
    }
    a %= modulus;
    b %= modulus;
  }
  return (b << 16) | a;
}

}  // namespace caloscope
