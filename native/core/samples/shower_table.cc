#include "core/samples/shower_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/run/error.h"
#include "core/run/job_control.h"
#include "core/samples/fingerprint.h"

namespace caloscope {
namespace {

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

ShowerTable ShowerTable::without(std::span<const std::uint64_t> removed, const JobControl& control) const {
  ShowerTable kept(voxels_, rows() - std::min<std::uint64_t>(rows(), removed.size()));
  const std::uint64_t together = std::max<std::uint64_t>(1, block_voxels / voxels_);
  std::vector<double> energies;
  std::vector<double> dense;
  auto next_removed = removed.begin();
  for (std::uint64_t row = 0; row < rows(); ++row) {
    if (next_removed != removed.end() && *next_removed == row) {
      ++next_removed;
    } else {
      energies.push_back(incident_energy_[row]);
      dense.resize(energies.size() * voxels_);
      double* const shower = dense.data() + dense.size() - voxels_;
      for_each_hit(row, [&](std::uint32_t voxel, double energy) { shower[voxel] = energy; });
    }
    if (energies.size() < together && row + 1 < rows()) continue;
    control.check();
    kept.append(energies, dense);
    energies.clear();
    dense.clear();
  }
  if (next_removed != removed.end()) {
    throw Error(ErrorCode::argument, "the rows to remove must be rows of the table, in ascending order");
  }
  return kept;
}

std::uint64_t ShowerTable::fingerprint(std::uint64_t row) const {
  std::uint64_t state = mixed(0, std::bit_cast<std::uint64_t>(incident_energy_[row]));
  for_each_hit(row, [&](std::uint32_t voxel, double energy) {
    state = mixed(state, voxel);
    state = mixed(state, std::bit_cast<std::uint64_t>(energy));
  });
  return state;
}

}  // namespace caloscope
