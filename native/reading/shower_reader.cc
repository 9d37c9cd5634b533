#include "reading/shower_reader.h"

#include <limits>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

std::vector<ChunkBands> opened(StoredShowerPart& part) {
  if (part.datasets.empty()) throw Error(ErrorCode::argument, "showers without voxels have no hits");
  std::vector<ChunkBands> bands;
  for (auto& numbers : part.datasets) {
    numbers.validate();
    if (numbers.rows() != part.datasets.front().rows()) throw Error(ErrorCode::argument, "datasets of different lengths");
    if (numbers.number_bytes == 8 && !part.scale.wide) throw Error(ErrorCode::argument, "float32 does not hold float64");
  }
  for (auto& numbers : part.datasets) bands.emplace_back(std::move(numbers), part.scale, part.zeros_dropped);
  return bands;
}

}  // namespace

ShowerReader::ShowerReader(int descriptor, StoredShowerPart part, unsigned threads)
    : descriptor_(descriptor),
      scale_(part.scale),
      zeros_dropped_(part.zeros_dropped),
      bands_(opened(part)),
      pool_(threads),
      scratch_(threads) {
  std::uint64_t width = 0;
  for (const auto& bands : bands_) width += bands.numbers().row_length();
  if (width >= std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::argument, "too many voxels");
  voxels_ = static_cast<std::uint32_t>(width);
}

void ShowerReader::read(std::uint64_t first_row, std::span<const std::uint32_t> block_rows,
                        std::span<const double> incident_energies, const std::function<bool()>& going_on, const Visit& visit) {
  std::vector<std::uint64_t> starts{0};
  for (const auto count : block_rows) {
    if (count == 0 || count > (std::uint64_t{1} << 32) / voxels_) throw Error(ErrorCode::argument, "a block of impossible size");
    starts.push_back(starts.back() + count);
  }
  if (starts.back() != incident_energies.size() || first_row > rows() || starts.back() > rows() - first_row) {
    throw Error(ErrorCode::argument, "showers that are not there");
  }
  const auto require_going_on = [&] {
    if (!going_on()) throw Error(ErrorCode::disposed, "the exchange of hits is closed");
  };
  struct Task {
    std::size_t dataset;
    ChunkBands::Task chunk;
  };
  std::vector<Task> tasks;
  for (std::size_t dataset = 0; dataset < bands_.size(); ++dataset) {
    std::vector<ChunkBands::Task> chunks;
    bands_[dataset].prepare(first_row, first_row + starts.back(), chunks);
    for (const auto& chunk : chunks) tasks.push_back({dataset, chunk});
  }
  pool_.run(tasks.size(), [&](std::size_t task, unsigned worker) {
    require_going_on();
    bands_[tasks[task].dataset].unpack(tasks[task].chunk, descriptor_, scratch_[worker].decoder);
  });
  pool_.run(block_rows.size(), [&](std::size_t block, unsigned worker) {
    require_going_on();
    const std::uint64_t first = first_row + starts[block];
    const std::uint64_t end = first_row + starts[block + 1];
    for (const auto& bands : bands_) {
      if (!bands.sound(first, end)) return;
    }
    const auto energies = incident_energies.subspan(starts[block], block_rows[block]);
    std::vector<double> own(energies.begin(), energies.end());
    visit(block, zeros_dropped_ ? sparse_block(first, end, std::move(own)) : dense_block(first, end, std::move(own), worker));
  });
}

HitBlock ShowerReader::dense_block(std::uint64_t first, std::uint64_t end, std::vector<double> incident_energies,
                                   unsigned worker) {
  if (scale_.wide) return block_through(scratch_[worker].wide_energies, first, end, std::move(incident_energies));
  return block_through(scratch_[worker].energies, first, end, std::move(incident_energies));
}

template <class Energy>
HitBlock ShowerReader::block_through(std::vector<Energy>& numbers, std::uint64_t first, std::uint64_t end,
                                     std::vector<double> incident_energies) const {
  const std::size_t length = (end - first) * voxels_;
  if (numbers.size() < length) numbers.resize(length);
  Energy* target = numbers.data();
  for (const auto& bands : bands_) {
    bands.place(first, end, target, voxels_);
    target += bands.numbers().row_length();
  }
  return {std::move(incident_energies), {{std::span<const Energy>(numbers).first(length), voxels_}}};
}

HitBlock ShowerReader::sparse_block(std::uint64_t first, std::uint64_t end, std::vector<double> incident_energies) const {
  std::vector<StoredHit> hits;
  std::vector<std::uint32_t> offset{0};
  for (std::uint64_t row = first; row < end; ++row) {
    std::uint32_t first_voxel = 0;
    for (const auto& bands : bands_) {
      bands.add_hits(row, first_voxel, hits);
      first_voxel += static_cast<std::uint32_t>(bands.numbers().row_length());
    }
    if (hits.size() > std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::argument, "more than 2^32 hits at once");
    offset.push_back(static_cast<std::uint32_t>(hits.size()));
  }
  std::vector<std::uint32_t> voxel(hits.size());
  std::vector<double> energy(hits.size());
  for (std::size_t hit = 0; hit < hits.size(); ++hit) {
    voxel[hit] = hits[hit].voxel;
    energy[hit] = hits[hit].energy;
  }
  return {voxels_, std::move(incident_energies), std::move(offset), voxel, energy};
}

}  // namespace caloscope
