#include "core/hit_finder.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/error.h"

namespace caloscope {
namespace {

/// Numbers that are looked at together: showers have long runs without a hit.
constexpr std::uint32_t group = 16;

template <class T>
std::uint32_t count_hits(const T* numbers, std::uint32_t count) {
  std::uint32_t hits = 0;
  for (std::uint32_t i = 0; i < count; ++i) hits += numbers[i] != 0;
  return hits;
}

/// Hits come irregularly: a branch on each voxel would be guessed wrong every few voxels, so each is written and only hits
/// are counted.
template <class T, class Voxel>
std::uint64_t write_hits(const T* numbers, std::uint32_t begin, std::uint32_t end, std::uint32_t first_voxel, Voxel* voxel,
                         T* energy, std::uint64_t hit) {
  for (std::uint32_t i = begin; i < end; ++i) {
    voxel[hit] = static_cast<Voxel>(first_voxel + i);
    energy[hit] = numbers[i];
    hit += numbers[i] != 0;
  }
  return hit;
}

template <class T, class Voxel>
std::uint64_t write_row(const T* numbers, std::uint32_t count, std::uint32_t first_voxel, Voxel* voxel, T* energy,
                        std::uint64_t hit) {
  std::uint32_t i = 0;
  for (; i + group <= count; i += group) {
    bool any = false;
    for (std::uint32_t k = i; k < i + group; ++k) any = any | (numbers[k] != 0);
    if (any) hit = write_hits(numbers, i, i + group, first_voxel, voxel, energy, hit);
  }
  return write_hits(numbers, i, count, first_voxel, voxel, energy, hit);
}

}  // namespace

HitFinder::HitFinder(std::vector<ShowerColumns> columns, std::uint64_t rows) : columns_(std::move(columns)) {
  if (columns_.empty()) throw Error(ErrorCode::argument, "showers without voxels have no hits");
  std::uint64_t width = 0;
  for (const auto& part : columns_) {
    const std::uint64_t size = std::visit([](const auto& numbers) { return numbers.size(); }, part.numbers);
    if (part.row_length == 0 || size / part.row_length != rows || size % part.row_length != 0) {
      throw Error(ErrorCode::shape, std::to_string(size) + " numbers are not " + std::to_string(rows) + " rows of " +
                                        std::to_string(part.row_length));
    }
    if (part.numbers.index() != columns_.front().numbers.index()) {
      throw Error(ErrorCode::argument, "the columns are not of one number type");
    }
    width += part.row_length;
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (width > most || (rows > 0 && width > most / rows)) throw Error(ErrorCode::argument, "more than 2^32 voxels at once");
  voxels_ = static_cast<std::uint32_t>(width);
  offset_.reserve(rows + 1);
  offset_.push_back(0);
  for (std::uint64_t row = 0; row < rows; ++row) {
    std::uint32_t hits = offset_.back();
    for (const auto& part : columns_) {
      hits += std::visit([&](const auto& numbers) { return count_hits(numbers.data() + row * part.row_length, part.row_length); },
                         part.numbers);
    }
    offset_.push_back(hits);
  }
}

template <class Voxel, class Energy>
void HitFinder::write(std::span<Voxel> voxel, std::span<Energy> energy) const {
  if (voxel.size() < room() || energy.size() < room()) throw Error(ErrorCode::internal, "no room for the hits");
  for (std::uint64_t row = 0; row + 1 < offset_.size(); ++row) {
    std::uint64_t hit = offset_[row];
    std::uint32_t first_voxel = 0;
    for (const auto& part : columns_) {
      const Energy* numbers = std::get<std::span<const Energy>>(part.numbers).data() + row * part.row_length;
      hit = write_row(numbers, part.row_length, first_voxel, voxel.data(), energy.data(), hit);
      first_voxel += part.row_length;
    }
  }
}

template void HitFinder::write(std::span<std::uint16_t>, std::span<float>) const;
template void HitFinder::write(std::span<std::uint16_t>, std::span<double>) const;
template void HitFinder::write(std::span<std::uint32_t>, std::span<float>) const;
template void HitFinder::write(std::span<std::uint32_t>, std::span<double>) const;

}  // namespace caloscope
