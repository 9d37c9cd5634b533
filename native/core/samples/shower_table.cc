#include "core/samples/shower_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/run/error.h"
#include "core/run/job_control.h"

namespace caloscope {
namespace {

constexpr std::uint64_t rows_between_checks = 4096;

std::uint64_t mix(std::uint64_t state, std::uint64_t value) {
  // The finaliser of splitmix64 over the running state: every bit of the input reaches every bit of the output.
  state ^= value + 0x9e3779b97f4a7c15ULL + (state << 6) + (state >> 2);
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
  return state ^ (state >> 31);
}

/// Expected rows are believed up to here; memory for more is taken when they come.
constexpr std::uint64_t largest_row_hint = 1U << 24;

/// Voxels of dense showers that become one block.
constexpr std::uint64_t block_voxels = 1U << 21;

void require_finite(std::span<const double> incident_energies, std::uint64_t first_row) {
  for (std::uint64_t i = 0; i < incident_energies.size(); ++i) {
    if (!std::isfinite(incident_energies[i])) {
      throw Error(ErrorCode::non_finite,
                  "the incident energy of shower " + std::to_string(first_row + i) + " is not a finite number");
    }
  }
}

[[noreturn]] void refuse_voxel(std::uint64_t row, std::uint64_t voxel) {
  throw Error(ErrorCode::non_finite,
              "shower " + std::to_string(row) + ", voxel " + std::to_string(voxel) + " is not a finite number");
}

}  // namespace

ShowerTable::ShowerTable(std::uint32_t voxels, std::uint64_t expected_rows)
    : voxels_(voxels), expected_rows_(expected_rows) {
  if (voxels == 0) throw Error(ErrorCode::argument, "a shower table needs at least one voxel");
}

bool ShowerTable::wide_energies() const {
  return std::any_of(blocks_.begin(), blocks_.end(), [](const HitBlock& block) { return block.wide_energies(); });
}

std::size_t ShowerTable::bytes() const {
  std::size_t bytes = incident_energy_.capacity() * sizeof(double);
  for (const auto& block : blocks_) bytes += sizeof(HitBlock) + block.bytes();
  return bytes;
}

void ShowerTable::append(std::span<const double> incident_energies, std::span<const float> voxels) {
  append_dense(incident_energies, voxels);
}

void ShowerTable::append(std::span<const double> incident_energies, std::span<const double> voxels) {
  append_dense(incident_energies, voxels);
}

template <class T>
void ShowerTable::append_dense(std::span<const double> incident_energies, std::span<const T> voxels) {
  const std::uint64_t added = incident_energies.size();
  if (voxels.size() != added * voxels_) {
    throw Error(ErrorCode::shape, std::to_string(voxels.size()) + " voxel energies are not " +
                                      std::to_string(added) + " showers of " + std::to_string(voxels_) + " voxels");
  }
  for (std::uint64_t i = 0; i < voxels.size(); ++i) {
    if (!std::isfinite(voxels[i])) refuse_voxel(rows() + i / voxels_, i % voxels_);
  }
  require_finite(incident_energies, rows());
  const std::uint64_t together = std::max<std::uint64_t>(1, block_voxels / voxels_);
  for (std::uint64_t first = 0; first < added; first += together) {
    const std::uint64_t count = std::min(together, added - first);
    const auto energies = incident_energies.subspan(first, count);
    append(HitBlock({energies.begin(), energies.end()}, {{voxels.subspan(first * voxels_, count * voxels_), voxels_}}));
  }
}

void ShowerTable::append(HitBlock block) {
  if (block.voxels() != voxels_) {
    throw Error(ErrorCode::shape, "showers of " + std::to_string(block.voxels()) + " voxels do not belong to those of " +
                                      std::to_string(voxels_));
  }
  require_finite(block.incident_energies(), rows());
  if (!block.finite()) {
    for (std::uint64_t row = 0; row < block.rows(); ++row) {
      block.for_each_hit(row, [&](std::uint32_t voxel, double energy) {
        if (!std::isfinite(energy)) refuse_voxel(rows() + row, voxel);
      });
    }
  }
  // All memory is taken before the first entry is written: when there is not enough the table is as before.
  reserve_rows(block.rows());
  if (blocks_.size() == blocks_.capacity()) blocks_.reserve(2 * blocks_.size() + 1);
  first_row_.push_back(rows());
  hits_ += block.hits();
  incident_energy_.insert(incident_energy_.end(), block.incident_energies().begin(), block.incident_energies().end());
  blocks_.push_back(std::move(block));
}

void ShowerTable::reserve_rows(std::uint64_t added) {
  const std::uint64_t needed = rows() + added;
  if (needed <= incident_energy_.capacity()) return;
  incident_energy_.reserve(std::max({needed, 2 * rows(), std::min(expected_rows_, largest_row_hint)}));
}

ShowerTable::Place ShowerTable::place_of(std::uint64_t row) const {
  const auto after = std::upper_bound(first_row_.begin(), first_row_.end(), row);
  const auto block = static_cast<std::size_t>(after - first_row_.begin()) - 1;
  return {block, row - first_row_[block]};
}

void ShowerTable::read(std::uint64_t row, double threshold, Hits& hits) const {
  const Place place = place_of(row);
  const HitBlock& block = blocks_[place.block];
  const std::size_t all = block.hits_of(place.row);
  hits.voxel.resize(all);
  hits.energy.resize(all);
  block.copy_hits(place.row, hits.voxel.data(), hits.energy.data());
  if (threshold == -std::numeric_limits<double>::infinity()) return;
  std::size_t kept = 0;
  for (std::size_t hit = 0; hit < all; ++hit) {
    hits.voxel[kept] = hits.voxel[hit];
    hits.energy[kept] = hits.energy[hit];
    kept += hits.energy[hit] < threshold ? 0 : 1;
  }
  hits.voxel.resize(kept);
  hits.energy.resize(kept);
}

std::uint64_t ShowerTable::fingerprint(std::uint64_t row) const {
  std::uint64_t state = mix(0, std::bit_cast<std::uint64_t>(incident_energy_[row]));
  for_each_hit(row, [&](std::uint32_t voxel, double energy) {
    state = mix(state, voxel);
    state = mix(state, std::bit_cast<std::uint64_t>(energy));
  });
  return state;
}

namespace {

using RowOfFingerprint = std::unordered_map<std::uint64_t, std::uint64_t>;

void note(std::uint64_t& count, std::uint64_t (&example)[2], std::uint64_t earlier, std::uint64_t later) {
  if (count++ == 0) {
    example[0] = earlier;
    example[1] = later;
  }
}

template <class Visit>
void for_each_fingerprint(const ShowerTable& table, JobControl& control, const Visit& visit) {
  for (std::uint64_t row = 0; row < table.rows(); ++row) {
    if (row % rows_between_checks == 0) control.check();
    if (!table.empty(row)) visit(row, table.fingerprint(row));
  }
}

}  // namespace

RepeatedShowers find_repeated_showers(const ShowerTable& first, const ShowerTable& second, JobControl& control) {
  RepeatedShowers result;
  RowOfFingerprint seen_first;
  RowOfFingerprint seen_second;
  seen_first.reserve(first.rows());
  seen_second.reserve(second.rows());
  for_each_fingerprint(first, control, [&](std::uint64_t row, std::uint64_t print) {
    const auto [entry, fresh] = seen_first.emplace(print, row);
    if (!fresh) note(result.within_first, result.example_first, entry->second, row);
  });
  for_each_fingerprint(second, control, [&](std::uint64_t row, std::uint64_t print) {
    const auto [entry, fresh] = seen_second.emplace(print, row);
    if (!fresh) note(result.within_second, result.example_second, entry->second, row);
    const auto shared = seen_first.find(print);
    if (shared != seen_first.end()) note(result.shared, result.example_shared, shared->second, row);
  });
  return result;
}

}  // namespace caloscope
