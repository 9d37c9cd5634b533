#include "reading/chunk_bands.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "files/read_at.h"

namespace caloscope {
namespace {

/// Numbers that are looked at together: most chunks of fine detectors have long runs of zeros.
constexpr std::uint32_t group = 16;

template <class Number>
Number number_at(const std::byte* bytes, std::uint64_t place) {
  Number number;
  std::memcpy(&number, bytes + place * sizeof(Number), sizeof number);
  return number;
}

template <class Number>
bool any_in(const std::byte* bytes, std::uint64_t first, std::uint64_t count) {
  bool any = false;
  for (std::uint64_t i = first; i < first + count; ++i) any = any | (number_at<Number>(bytes, i) != 0);
  return any;
}

}  // namespace

ChunkBands::ChunkBands(StoredNumbers numbers, EnergyScale scale, bool zeros_dropped)
    : numbers_(std::move(numbers)),
      scale_(scale),
      zeros_dropped_(zeros_dropped),
      runs_(runs_of_chunks(numbers_)),
      chunk_bytes_(numbers_.chunk_bytes()),
      chunk_row_length_(numbers_.chunk_row_length()) {}

std::uint64_t ChunkBands::rows_in(std::uint64_t band) const {
  return std::min(numbers_.chunk_rows(), numbers_.rows() - band * numbers_.chunk_rows());
}

void ChunkBands::prepare(std::uint64_t first, std::uint64_t end, std::vector<Task>& tasks) {
  const std::uint64_t begin_band = first / numbers_.chunk_rows();
  const std::uint64_t end_band = (end + numbers_.chunk_rows() - 1) / numbers_.chunk_rows();
  for (auto entry = bands_.begin(); entry != bands_.end();) {
    if (entry->first >= begin_band && entry->first < end_band) {
      ++entry;
      continue;
    }
    for (auto& chunk : entry->second) {
      if (chunk.bytes) free_.push_back(std::move(chunk.bytes));
    }
    entry = bands_.erase(entry);
  }
  for (std::uint64_t band = begin_band; band < end_band; ++band) {
    auto& chunks = bands_[band];
    chunks.resize(runs_.size());
    for (std::uint64_t across = 0; across < chunks.size(); ++across) {
      if (chunks[across].unpacked) continue;
      const bool dense = !zeros_dropped_ && !chunks[across].bytes && !numbers_.chunks[band * runs_.size() + across].missing;
      if (dense && !free_.empty()) {
        chunks[across].bytes = std::move(free_.back());
        free_.pop_back();
      } else if (dense) {
        chunks[across].bytes = std::make_unique_for_overwrite<std::byte[]>(chunk_bytes_);
      }
      tasks.push_back({band, across});
    }
  }
}

void ChunkBands::unpack(const Task& task, int descriptor, ChunkDecoder& decoder) {
  const StoredChunk& stored = numbers_.chunks[task.band * runs_.size() + task.across];
  Chunk& chunk = bands_.find(task.band)->second[task.across];
  const std::uint64_t bytes = numbers_.one_piece ? rows_in(task.band) * chunk_row_length_ * numbers_.number_bytes : chunk_bytes_;
  const std::span<std::byte> unpacked = zeros_dropped_ ? decoder.result(bytes) : std::span(chunk.bytes.get(), bytes);
  chunk.sound = stored.missing || read(stored, unpacked, descriptor, decoder);
  if (zeros_dropped_ && chunk.sound) {
    if (stored.missing) fill(unpacked);
    if (numbers_.number_bytes == 4) drop_zeros<float>(task, unpacked.data(), chunk);
    else drop_zeros<double>(task, unpacked.data(), chunk);
  }
  chunk.unpacked = true;
}

bool ChunkBands::read(const StoredChunk& stored, std::span<std::byte> chunk, int descriptor, ChunkDecoder& decoder) const {
  if (numbers_.filters.empty()) return stored.bytes == chunk.size() && read_at(descriptor, stored.position, chunk);
  return read_at(descriptor, stored.position, decoder.stored(stored.bytes)) &&
         decoder.decode(numbers_.filters, stored.filters_left_out, chunk);
}

void ChunkBands::fill(std::span<std::byte> chunk) const {
  for (std::size_t i = 0; i < chunk.size(); i += numbers_.number_bytes) {
    std::memcpy(chunk.data() + i, numbers_.fill.data(), numbers_.number_bytes);
  }
}

template <class Number>
void ChunkBands::drop_zeros(const Task& task, const std::byte* bytes, Chunk& chunk) const {
  const auto& runs = runs_[task.across];
  const std::uint64_t rows = rows_in(task.band);
  chunk.row_starts.assign(1, 0);
  chunk.row_starts.reserve(rows + 1);
  const auto keep = [&](std::uint64_t place, std::uint32_t in_row) {
    const double energy = static_cast<double>(number_at<Number>(bytes, place)) * scale_.factor;
    const double held = scale_.wide ? energy : static_cast<double>(static_cast<float>(energy));
    if (held == 0) return;
    chunk.voxels.push_back(numbers_.voxels.empty() ? in_row : numbers_.voxels[in_row]);
    if (scale_.wide) chunk.wide_energies.push_back(held);
    else chunk.energies.push_back(static_cast<float>(held));
  };
  for (std::uint64_t row = 0; row < rows; ++row) {
    for (const auto& run : runs) {
      for (std::uint32_t done = 0; done < run.length; done += group) {
        const std::uint32_t count = std::min(group, run.length - done);
        const std::uint64_t place = row * chunk_row_length_ + run.in_chunk + done;
        if (!any_in<Number>(bytes, place, count)) continue;
        for (std::uint32_t i = 0; i < count; ++i) keep(place + i, run.in_row + done + i);
      }
    }
    chunk.row_starts.push_back(static_cast<std::uint32_t>(chunk.voxels.size()));
  }
}

bool ChunkBands::sound(std::uint64_t first, std::uint64_t end) const {
  for (std::uint64_t band = first / numbers_.chunk_rows(); band * numbers_.chunk_rows() < end; ++band) {
    const auto& chunks = bands_.at(band);
    if (!std::all_of(chunks.begin(), chunks.end(), [](const Chunk& chunk) { return chunk.sound; })) return false;
  }
  return true;
}

template <class Energy>
void ChunkBands::place(std::uint64_t first, std::uint64_t end, Energy* target, std::uint64_t stride) const {
  std::vector<std::byte> filled;
  for (std::uint64_t row = first; row < end;) {
    const std::uint64_t band = row / numbers_.chunk_rows();
    const std::uint64_t within = row - band * numbers_.chunk_rows();
    const std::uint64_t count = std::min(end - row, numbers_.chunk_rows() - within);
    const auto& chunks = bands_.at(band);
    for (std::size_t across = 0; across < chunks.size(); ++across) {
      const std::byte* rows = chunks[across].bytes.get();
      if (rows) rows += within * chunk_row_length_ * numbers_.number_bytes;
      else if (filled.empty()) {
        filled.resize(numbers_.chunk_rows() * chunk_row_length_ * numbers_.number_bytes);
        fill(filled);
      }
      if (!rows) rows = filled.data();
      if (numbers_.number_bytes == 4) place_chunk<float>(runs_[across], rows, count, target, stride);
      else place_chunk<double>(runs_[across], rows, count, target, stride);
    }
    row += count;
    target += count * stride;
  }
}

template <class Number, class Energy>
void ChunkBands::place_chunk(const std::vector<NumberRun>& runs, const std::byte* rows, std::uint64_t count, Energy* target,
                             std::uint64_t stride) const {
  const double factor = scale_.factor;
  const bool plain = factor == 1 && numbers_.voxels.empty();
  for (std::uint64_t row = 0; row < count; ++row, target += stride, rows += chunk_row_length_ * sizeof(Number)) {
    for (const auto& run : runs) {
      if (plain && std::is_same_v<Number, Energy>) {
        const std::byte* from = rows + run.in_chunk * sizeof(Number);
        // A call costs more than a few numbers.
        if (run.length > 8) std::memcpy(target + run.in_row, from, run.length * sizeof(Number));
        else {
          for (std::uint32_t i = 0; i < run.length; ++i) {
            std::memcpy(target + run.in_row + i, from + i * sizeof(Number), sizeof(Number));
          }
        }
      } else if (numbers_.voxels.empty()) {
        for (std::uint32_t i = 0; i < run.length; ++i) {
          target[run.in_row + i] = static_cast<Energy>(static_cast<double>(number_at<Number>(rows, run.in_chunk + i)) * factor);
        }
      } else {
        for (std::uint32_t i = 0; i < run.length; ++i) {
          target[numbers_.voxels[run.in_row + i]] =
              static_cast<Energy>(static_cast<double>(number_at<Number>(rows, run.in_chunk + i)) * factor);
        }
      }
    }
  }
}

void ChunkBands::add_hits(std::uint64_t row, std::uint32_t first_voxel, std::vector<StoredHit>& hits) const {
  const std::uint64_t band = row / numbers_.chunk_rows();
  const std::uint64_t within = row - band * numbers_.chunk_rows();
  const auto begin = static_cast<std::ptrdiff_t>(hits.size());
  bool ascending = true;
  for (const auto& chunk : bands_.at(band)) {
    for (std::uint32_t hit = chunk.row_starts[within]; hit < chunk.row_starts[within + 1]; ++hit) {
      const double energy = scale_.wide ? chunk.wide_energies[hit] : double{chunk.energies[hit]};
      const std::uint32_t voxel = first_voxel + chunk.voxels[hit];
      ascending = ascending && (std::ssize(hits) == begin || hits.back().voxel < voxel);
      hits.push_back({voxel, energy});
    }
  }
  if (ascending) return;
  std::sort(hits.begin() + begin, hits.end(), [](const StoredHit& a, const StoredHit& b) { return a.voxel < b.voxel; });
}

template void ChunkBands::place(std::uint64_t, std::uint64_t, float*, std::uint64_t) const;
template void ChunkBands::place(std::uint64_t, std::uint64_t, double*, std::uint64_t) const;

}  // namespace caloscope
