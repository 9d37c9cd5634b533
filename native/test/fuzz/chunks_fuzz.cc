/// Bytes as a chunk lies in a file: the filters, what is left out of them and the size are the first bytes of an input.
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "reading/chunk_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace caloscope;
  if (size < 8) return 0;
  std::vector<FilterStep> steps;
  for (std::size_t i = 0; i < data[0] % 5U; ++i) {
    const std::uint8_t step = data[1 + i];
    steps.push_back({static_cast<ChunkFilter>(1 + step % 3U), static_cast<std::uint32_t>(step / 3)});
  }
  const std::uint32_t left_out = data[5] % 16U;
  const std::size_t length = data[6] + 256U * (data[7] % 64U);
  const std::span<const std::uint8_t> bytes(data + 8, size - 8);
  ChunkDecoder decoder;
  const auto stored = decoder.stored(bytes.size());
  if (!bytes.empty()) std::memcpy(stored.data(), bytes.data(), bytes.size());
  std::vector<std::byte> chunk(length);
  decoder.decode(steps, left_out, chunk);
  return 0;
}
