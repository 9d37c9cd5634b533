#include "core/samples/hit_block.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Numbers that are looked at together: showers have long runs without a hit.
constexpr std::uint32_t group = 16;

template <class Number>
std::uint32_t count_hits(const Number* numbers, std::uint32_t count) {
  std::uint32_t hits = 0;
  for (std::uint32_t i = 0; i < count; ++i) hits += numbers[i] != 0;
  return hits;
}

/// Whether float32 holds all numbers exactly; NaN counts as held.
bool fit_float(std::span<const double> numbers) {
  bool fit = true;
  for (const double number : numbers) {
    const double held = static_cast<double>(static_cast<float>(number));
    fit = fit & ((held == number) | (number != number));
  }
  return fit;
}

bool fit_float(std::span<const float>) { return true; }

template <class Energy>
bool all_finite(const Energy* energy, std::uint32_t count) {
  // Without an early exit, so that the loop is vectorised.
  bool finite = true;
  for (std::uint32_t hit = 0; hit < count; ++hit) finite = finite & (std::abs(energy[hit]) <= std::numeric_limits<Energy>::max());
  return finite;
}

/// Hits come irregularly: a branch on each voxel would be guessed wrong every few voxels, so each is written and only hits
/// are counted.
template <class Number, class Voxel, class Energy>
std::uint32_t write_hits(const Number* numbers, std::uint32_t begin, std::uint32_t end, std::uint32_t first_voxel,
                         Voxel* voxel, Energy* energy, std::uint32_t hit) {
  for (std::uint32_t i = begin; i < end; ++i) {
    voxel[hit] = static_cast<Voxel>(first_voxel + i);
    energy[hit] = static_cast<Energy>(numbers[i]);
    hit += numbers[i] != 0;
  }
  return hit;
}

template <class Number, class Voxel, class Energy>
std::uint32_t write_row(const Number* numbers, std::uint32_t count, std::uint32_t first_voxel, Voxel* voxel, Energy* energy,
                        std::uint32_t hit) {
  std::uint32_t i = 0;
  for (; i + group <= count; i += group) {
    bool any = false;
    for (std::uint32_t k = i; k < i + group; ++k) any = any | (numbers[k] != 0);
    if (any) hit = write_hits(numbers, i, i + group, first_voxel, voxel, energy, hit);
  }
  return write_hits(numbers, i, count, first_voxel, voxel, energy, hit);
}

std::uint32_t checked_width(const std::vector<ShowerColumns>& columns, std::uint64_t rows) {
  if (columns.empty()) throw Error(ErrorCode::argument, "showers without voxels have no hits");
  std::uint64_t width = 0;
  for (const auto& part : columns) {
    const std::uint64_t size = std::visit([](const auto& numbers) { return numbers.size(); }, part.numbers);
    if (part.row_length == 0 || size / part.row_length != rows || size % part.row_length != 0) {
      throw Error(ErrorCode::shape, std::to_string(size) + " numbers are not " + std::to_string(rows) + " rows of " +
                                        std::to_string(part.row_length));
    }
    if (part.numbers.index() != columns.front().numbers.index()) {
      throw Error(ErrorCode::argument, "the columns are not of one number type");
    }
    width += part.row_length;
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max() - 1;
  if (width > most || (rows > 0 && width > most / rows)) throw Error(ErrorCode::argument, "more than 2^32 voxels at once");
  return static_cast<std::uint32_t>(width);
}

}  // namespace

HitBlock::HitBlock(std::vector<double> incident_energies, const std::vector<ShowerColumns>& columns)
    : voxels_(checked_width(columns, incident_energies.size())), incident_energies_(std::move(incident_energies)) {
  if (columns.front().numbers.index() == 0) find<float>(columns);
  else find<double>(columns);
}

HitBlock::HitBlock(std::uint32_t voxels, std::vector<double> incident_energies, std::vector<std::uint32_t> offset,
                   std::span<const std::uint32_t> voxel, std::span<const double> energy)
    : voxels_(voxels), incident_energies_(std::move(incident_energies)), offset_(std::move(offset)) {
  if (offset_.size() != rows() + 1 || offset_.front() != 0 || offset_.back() != voxel.size() ||
      voxel.size() != energy.size() || !std::is_sorted(offset_.begin(), offset_.end())) {
    throw Error(ErrorCode::shape, "the hits do not fit to their showers");
  }
  if (hits() == 0) return;
  take_room(hits(), fit_float(energy));
  with_hits([&](auto* voxels_of_hits, auto* energies) {
    for (std::uint32_t hit = 0; hit < hits(); ++hit) {
      voxels_of_hits[hit] = static_cast<std::remove_reference_t<decltype(*voxels_of_hits)>>(voxel[hit]);
      energies[hit] = static_cast<std::remove_reference_t<decltype(*energies)>>(energy[hit]);
    }
  });
  look_for_finite();
}

std::size_t HitBlock::bytes() const {
  const std::size_t hit_bytes = (voxel16_ ? 2U : 4U) + (energy64_ ? 8U : 4U);
  return hits() * hit_bytes + offset_.size() * sizeof(offset_[0]) + rows() * sizeof(double);
}

void HitBlock::look_for_finite() {
  finite_ = true;
  with_hits([&](const auto*, const auto* energy) { finite_ = all_finite(energy, hits()); });
}

void HitBlock::weigh(std::span<const double> weights) {
  if (weights.size() != voxels_) {
    throw Error(ErrorCode::shape, std::to_string(weights.size()) + " weights are not those of " + std::to_string(voxels_) + " voxels");
  }
  change_energies([&](std::uint32_t voxel, double energy) { return energy * weights[voxel]; });
}

void HitBlock::remove_rows(std::span<const std::uint64_t> removed) {
  if (removed.empty()) return;
  const auto is_removed = [&](std::uint64_t row) { return std::binary_search(removed.begin(), removed.end(), row); };
  with_hits([&](auto* voxel, auto* energy) {
    std::uint32_t kept = 0;
    for (std::uint64_t row = 0; row < rows(); ++row) {
      if (is_removed(row)) continue;
      if (kept == offset_[row]) {
        kept = offset_[row + 1];
        continue;
      }
      std::copy(voxel + offset_[row], voxel + offset_[row + 1], voxel + kept);
      std::copy(energy + offset_[row], energy + offset_[row + 1], energy + kept);
      kept += hits_of(row);
    }
  });
  std::uint64_t place = 0;
  std::uint32_t hits = 0;
  for (std::uint64_t row = 0; row < rows(); ++row) {
    if (is_removed(row)) continue;
    hits += hits_of(row);
    incident_energies_[place++] = incident_energies_[row];
    offset_[place] = hits;
  }
  incident_energies_.resize(place);
  offset_.resize(place + 1);
  if (!finite_) look_for_finite();
}

void HitBlock::take_room(std::size_t hits, bool fit_float) {
  if (voxels_ <= 65536) voxel16_ = std::make_unique_for_overwrite<std::uint16_t[]>(hits);
  else voxel32_ = std::make_unique_for_overwrite<std::uint32_t[]>(hits);
  if (fit_float) energy32_ = std::make_unique_for_overwrite<float[]>(hits);
  else energy64_ = std::make_unique_for_overwrite<double[]>(hits);
}

/// Counts before it writes: exactly the memory that is needed is taken, and written once.
template <class Number>
void HitBlock::find(const std::vector<ShowerColumns>& columns) {
  offset_.reserve(rows() + 1);
  bool fit = true;
  for (const auto& part : columns) fit = fit && fit_float(std::get<std::span<const Number>>(part.numbers));
  for (std::uint64_t row = 0; row < rows(); ++row) {
    std::uint32_t hits = offset_.back();
    for (const auto& part : columns) {
      hits += count_hits(std::get<std::span<const Number>>(part.numbers).data() + row * part.row_length, part.row_length);
    }
    offset_.push_back(hits);
  }
  if (hits() == 0) return;
  // One entry more: a voxel is written before it is known whether it is hit.
  take_room(std::size_t{hits()} + 1, fit);
  with_hits([&](auto* voxel, auto* energy) { write<Number>(columns, voxel, energy); });
  look_for_finite();
}

template <class Number, class Voxel, class Energy>
void HitBlock::write(const std::vector<ShowerColumns>& columns, Voxel* voxel, Energy* energy) const {
  for (std::uint64_t row = 0; row < rows(); ++row) {
    std::uint32_t hit = offset_[row];
    std::uint32_t first_voxel = 0;
    for (const auto& part : columns) {
      const Number* numbers = std::get<std::span<const Number>>(part.numbers).data() + row * part.row_length;
      hit = write_row(numbers, part.row_length, first_voxel, voxel, energy, hit);
      first_voxel += part.row_length;
    }
  }
}

}  // namespace caloscope
