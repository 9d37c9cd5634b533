#include "reading/chunk_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace caloscope {
namespace {

std::uint32_t byte_at(std::span<const std::byte> bytes, std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); }

constexpr std::size_t checksum_bytes = 4;

/// The bytes before their checksum; false where it is not theirs. HDF5 before 1.6.3 stored the bytes of each half exchanged.
bool take_checksum(std::span<const std::byte>& bytes) {
  if (bytes.size() < checksum_bytes) return false;
  const std::size_t end = bytes.size() - checksum_bytes;
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < checksum_bytes; ++i) stored |= byte_at(bytes, end + i) << (8 * i);
  bytes = bytes.first(end);
  const std::uint32_t sum = fletcher32(bytes);
  return stored == sum || stored == (((sum & 0x00ff00ffU) << 8) | ((sum & 0xff00ff00U) >> 8));
}

template <std::size_t size>
void interleave(const std::byte* planes, std::size_t count, std::byte* numbers) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < size; ++k) numbers[i * size + k] = planes[k * count + i];
  }
}

}  // namespace

std::span<std::byte> ChunkDecoder::stored(std::size_t bytes) {
  if (stored_.size() < bytes) stored_.resize(bytes);
  stored_bytes_ = bytes;
  return std::span(stored_).first(bytes);
}

std::span<std::byte> ChunkDecoder::result(std::size_t bytes) {
  if (result_.size() < bytes) result_.resize(bytes);
  return std::span(result_).first(bytes);
}

bool ChunkDecoder::decode(std::span<const FilterStep> steps, std::uint32_t left_out, std::span<std::byte> chunk) {
  std::vector<FilterStep> applied;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i >= 32 || ((left_out >> i) & 1) == 0) applied.push_back(steps[i]);
  }
  std::span<const std::byte> bytes = std::span(stored_).first(stored_bytes_);
  while (!applied.empty()) {
    const FilterStep step = applied.back();
    applied.pop_back();
    if (step.filter == ChunkFilter::fletcher32) {
      if (!take_checksum(bytes)) return false;
      continue;
    }
    const auto sums = std::count_if(applied.begin(), applied.end(),
                                    [](const FilterStep& before) { return before.filter == ChunkFilter::fletcher32; });
    const std::size_t length =
        step.filter == ChunkFilter::deflate ? chunk.size() + checksum_bytes * static_cast<std::size_t>(sums) : bytes.size();
    // The last one writes where the chunk belongs; those before take turns.
    std::vector<std::byte> room;
    std::span<std::byte> result = chunk;
    if (!applied.empty() || length != chunk.size()) {
      room.swap(unpacked_);
      if (room.size() < length) room.resize(length);
      result = std::span(room).first(length);
    }
    const bool sound = step.filter == ChunkFilter::deflate ? inflater_ && inflater_->unpack(bytes, result)
                                                           : step.number_bytes > 0;
    if (!sound) return false;
    if (step.filter == ChunkFilter::shuffle) unshuffle(bytes, step.number_bytes, result);
    bytes = result;
    // What was read may be overwritten by the step after the next.
    if (result.data() != chunk.data()) {
      unpacked_.swap(stored_);
      stored_.swap(room);
    }
  }
  if (bytes.size() != chunk.size()) return false;
  if (!bytes.empty() && bytes.data() != chunk.data()) std::memcpy(chunk.data(), bytes.data(), bytes.size());
  return true;
}

void unshuffle(std::span<const std::byte> shuffled, std::uint32_t number_bytes, std::span<std::byte> numbers) {
  const std::size_t count = shuffled.size() / number_bytes;
  if (number_bytes == 4) interleave<4>(shuffled.data(), count, numbers.data());
  else if (number_bytes == 8) interleave<8>(shuffled.data(), count, numbers.data());
  else {
    for (std::size_t k = 0; k < number_bytes; ++k) {
      for (std::size_t i = 0; i < count; ++i) numbers[i * number_bytes + k] = shuffled[k * count + i];
    }
  }
  const std::size_t whole = count * number_bytes;
  std::copy(shuffled.begin() + static_cast<std::ptrdiff_t>(whole), shuffled.end(),
            numbers.begin() + static_cast<std::ptrdiff_t>(whole));
}

std::uint32_t fletcher32(std::span<const std::byte> bytes) {
  const auto fold = [](std::uint32_t sum) { return (sum & 0xffff) + (sum >> 16); };
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  const std::size_t words = bytes.size() / 2;
  // 360 additions of 16-bit words cannot overflow 32 bits before the sums are folded.
  for (std::size_t start = 0; start < words; start += 360) {
    const std::size_t end = std::min(words, start + 360);
    for (std::size_t i = start; i < end; ++i) {
      first += (byte_at(bytes, 2 * i) << 8) | byte_at(bytes, 2 * i + 1);
      second += first;
    }
    first = fold(first);
    second = fold(second);
  }
  if (bytes.size() % 2 == 1) {
    first += byte_at(bytes, bytes.size() - 1) << 8;
    second += first;
  }
  first = fold(fold(first));
  second = fold(fold(second));
  return (second << 16) | first;
}

}  // namespace caloscope
