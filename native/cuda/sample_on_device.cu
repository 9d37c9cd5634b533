#include <algorithm>
#include <vector>

#include "cuda/launch.h"
#include "cuda/sample_on_device.h"

namespace caloscope::cuda {
namespace {

constexpr std::size_t rows_at_once = 16384;

__global__ void add_kernel(std::uint64_t number, std::size_t count, const std::uint64_t* from, std::uint64_t* to) {
  const std::size_t i = element_number();
  if (i < count) to[i] = from[i] + number;
}

}  // namespace

std::size_t SampleOnDevice::bytes(const FeatureTable& table) {
  return table.rows() * (table.scalars() * sizeof(float) + sizeof(std::uint64_t)) + table.hits() * 8 + 8;
}

SampleOnDevice::SampleOnDevice(const FeatureTable& table, WorkerPool& pool)
    : scalars_(table.rows() * table.scalars()),
      offset_(table.rows() + 1),
      index_(table.hits()),
      value_(table.hits()) {
  RowBatch batch;
  Stream stream;
  check(cudaMemsetAsync(offset_.data(), 0, sizeof(std::uint64_t), stream.get()), "writing an offset");
  std::uint64_t hits = 0;
  for (std::size_t first = 0; first < table.rows(); first += rows_at_once) {
    std::vector<FeatureRow> rows;
    for (std::size_t row = first; row < std::min<std::size_t>(first + rows_at_once, table.rows()); ++row) {
      rows.push_back({&table, static_cast<std::uint32_t>(row)});
    }
    batch.gather(rows, pool);
    batch.send(stream);
    const RowsOnDevice part = batch.on_device();
    copy_on_device(part.scalars, rows.size() * table.scalars(), scalars_.data() + first * table.scalars(), stream);
    copy_on_device(part.hits.index, batch.hits(), index_.data() + hits, stream);
    copy_on_device(part.hits.value, batch.hits(), value_.data() + hits, stream);
    launch_elements("moving offsets", add_kernel, rows.size(), stream, hits, rows.size(), part.hits.offset + 1,
                    offset_.data() + first + 1);
    stream.wait();
    hits += batch.hits();
  }
}

}  // namespace caloscope::cuda
