/// Datasets as a header and a chunk index may say, true or not, over a file of any bytes: hits in the voxels that there are, or
/// nothing, or Error(argument).
#include <fuzzer/FuzzedDataProvider.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/run/error.h"
#include "reading/shower_reader.h"

namespace {

using namespace caloscope;

/// Small, so that most inputs are sound in it, or anything.
std::uint64_t length(FuzzedDataProvider& input) {
  return input.ConsumeProbability<float>() < 0.95F ? input.ConsumeIntegralInRange<std::uint64_t>(0, 9)
                                                   : input.ConsumeIntegral<std::uint64_t>();
}

StoredNumbers dataset(FuzzedDataProvider& input, std::uint64_t file_bytes) {
  StoredNumbers numbers;
  const auto axes = input.ConsumeIntegralInRange<std::size_t>(0, 4);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    numbers.extent.push_back(length(input));
    numbers.chunk_shape.push_back(length(input));
  }
  numbers.number_bytes = input.PickValueInArray<std::uint32_t>({4, 8, 4, 8, 2, 0});
  for (auto left = input.ConsumeIntegralInRange<std::size_t>(0, 3); left > 0; --left) {
    numbers.filters.push_back({input.PickValueInArray({ChunkFilter::deflate, ChunkFilter::shuffle, ChunkFilter::fletcher32}),
                               input.ConsumeIntegralInRange<std::uint32_t>(0, 16)});
  }
  for (auto left = input.ConsumeIntegralInRange<std::size_t>(0, 12); left > 0; --left) {
    StoredChunk chunk;
    chunk.position = input.ConsumeBool() ? input.ConsumeIntegralInRange<std::uint64_t>(0, file_bytes) : length(input);
    chunk.bytes = input.ConsumeBool() ? input.ConsumeIntegralInRange<std::uint64_t>(0, file_bytes) : length(input);
    chunk.filters_left_out = input.ConsumeIntegralInRange<std::uint32_t>(0, 7);
    chunk.missing = input.ConsumeProbability<float>() < 0.2F;
    numbers.chunks.push_back(chunk);
  }
  numbers.one_piece = input.ConsumeBool();
  for (auto left = input.ConsumeIntegralInRange<std::size_t>(0, 16); left > 0; --left) {
    numbers.voxels.push_back(input.ConsumeIntegralInRange<std::uint32_t>(0, 20));
  }
  return numbers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const int file = memfd_create("chunks", 0);
  if (file < 0) std::abort();
  const auto bytes = input.ConsumeBytes<char>(input.ConsumeIntegralInRange<std::size_t>(0, 2000));
  if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  try {
    StoredShowerPart part;
    for (auto left = input.ConsumeIntegralInRange<std::size_t>(0, 3); left > 0; --left) {
      part.datasets.push_back(dataset(input, bytes.size()));
    }
    part.scale = {input.ConsumeFloatingPointInRange(1e-3, 1e3), input.ConsumeBool()};
    part.zeros_dropped = input.ConsumeBool();
    ShowerReader reader(file, std::move(part), 1);
    std::vector<std::uint32_t> block_rows;
    std::size_t rows = 0;
    for (auto left = input.ConsumeIntegralInRange<std::size_t>(0, 4); left > 0; --left) {
      block_rows.push_back(input.ConsumeIntegralInRange<std::uint32_t>(0, 9));
      rows += block_rows.back();
    }
    const std::vector<double> energies(rows, 1e3);
    const std::uint64_t first = length(input);
    reader.read(first, block_rows, energies, [] { return true; }, [&](std::size_t block, const HitBlock& hits) {
      if (hits.rows() != block_rows[block] || hits.voxels() != reader.voxels()) std::abort();
      for (std::uint64_t row = 0; row < hits.rows(); ++row) {
        hits.for_each_hit(row, [&](std::uint32_t voxel, double) {
          if (voxel >= reader.voxels()) std::abort();
        });
      }
    });
  } catch (const Error&) {
  }
  close(file);
  return 0;
}
