#include "core/shower_table.h"

#include <bit>
#include <cmath>
#include <string>
#include <unordered_map>

#include "core/error.h"
#include "core/job_control.h"

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

template <class T>
bool fits_float(T value) {
  return static_cast<double>(static_cast<float>(value)) == static_cast<double>(value);
}

}  // namespace

ShowerTable::ShowerTable(std::uint32_t voxels, std::uint64_t expected_rows)
    : voxels_(voxels), expected_rows_(expected_rows), narrow_(voxels <= 65536) {
  if (voxels == 0) throw Error(ErrorCode::argument, "a shower table needs at least one voxel");
}

std::size_t ShowerTable::bytes() const {
  return incident_energy_.capacity() * 8 + offset_.capacity() * 8 + voxel16_.capacity() * 2 +
         voxel32_.capacity() * 4 + energy32_.capacity() * 4 + energy64_.capacity() * 8;
}

void ShowerTable::append(std::span<const double> incident_energies, std::span<const float> voxels) {
  append_rows(incident_energies, voxels);
}

void ShowerTable::append(std::span<const double> incident_energies, std::span<const double> voxels) {
  append_rows(incident_energies, voxels);
}

template <class T>
void ShowerTable::append_rows(std::span<const double> incident_energies, std::span<const T> voxels) {
  const std::uint64_t added = incident_energies.size();
  if (voxels.size() != added * voxels_) {
    throw Error(ErrorCode::shape, std::to_string(voxels.size()) + " voxel energies are not " +
                                      std::to_string(added) + " showers of " + std::to_string(voxels_) + " voxels");
  }
  for (std::uint64_t i = 0; i < voxels.size(); ++i) {
    if (!std::isfinite(voxels[i])) {
      throw Error(ErrorCode::non_finite, "shower " + std::to_string(rows() + i / voxels_) + ", voxel " +
                                             std::to_string(i % voxels_) + " is not a finite number");
    }
  }
  for (std::uint64_t i = 0; i < added; ++i) {
    if (!std::isfinite(incident_energies[i])) {
      throw Error(ErrorCode::non_finite,
                  "the incident energy of shower " + std::to_string(rows() + i) + " is not a finite number");
    }
  }
  for (std::uint64_t row = 0; row < added; ++row) {
    append_hits(voxels.subspan(row * voxels_, voxels_));
    incident_energy_.push_back(incident_energies[row]);
    offset_.push_back(narrow_ ? voxel16_.size() : voxel32_.size());
  }
  reserve(added);
}

template <class T>
void ShowerTable::append_hits(std::span<const T> shower) {
  for (std::uint32_t voxel = 0; voxel < voxels_; ++voxel) {
    const T energy = shower[voxel];
    if (energy == 0) continue;
    if (narrow_) voxel16_.push_back(static_cast<std::uint16_t>(voxel));
    else voxel32_.push_back(voxel);
    if (!wide_ && !fits_float(energy)) widen();
    if (wide_) energy64_.push_back(static_cast<double>(energy));
    else energy32_.push_back(static_cast<float>(energy));
  }
}

void ShowerTable::widen() {
  energy64_.reserve(energy32_.capacity());
  energy64_.assign(energy32_.begin(), energy32_.end());
  energy32_ = {};
  wide_ = true;
}

/// After the first block the occupancy is known: take the room for the expected rows once.
void ShowerTable::reserve(std::uint64_t appended_rows) {
  if (expected_rows_ <= appended_rows || rows() != appended_rows || appended_rows == 0) return;
  const double growth = 1.02 * static_cast<double>(expected_rows_) / static_cast<double>(appended_rows);
  const auto room = static_cast<std::size_t>(static_cast<double>(hits()) * growth);
  incident_energy_.reserve(expected_rows_);
  offset_.reserve(expected_rows_ + 1);
  if (narrow_) voxel16_.reserve(room);
  else voxel32_.reserve(room);
  if (wide_) energy64_.reserve(room);
  else energy32_.reserve(room);
}

void ShowerTable::read(std::uint64_t row, double threshold, Hits& hits) const {
  hits.clear();
  for (std::uint64_t hit = offset_[row]; hit < offset_[row + 1]; ++hit) {
    const double energy = energy_at(hit);
    if (energy < threshold) continue;
    hits.voxel.push_back(voxel_at(hit));
    hits.energy.push_back(energy);
  }
}

std::uint64_t ShowerTable::fingerprint(std::uint64_t row) const {
  std::uint64_t state = mix(0, std::bit_cast<std::uint64_t>(incident_energy_[row]));
  for (std::uint64_t hit = offset_[row]; hit < offset_[row + 1]; ++hit) {
    state = mix(state, voxel_at(hit));
    state = mix(state, std::bit_cast<std::uint64_t>(energy_at(hit)));
  }
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
