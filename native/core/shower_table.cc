#include "core/shower_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
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

/// Hits that a segment has room for; blocks with more get a segment of their own. A few megabytes: taking the memory for
/// them must not be felt.
constexpr std::uint64_t segment_hits = 1U << 20;

/// Expected rows are believed up to here; memory for more is taken when they come.
constexpr std::uint64_t largest_row_hint = 1U << 24;

/// Voxels of dense showers that are looked at together.
constexpr std::uint64_t piece_voxels = 1U << 20;

template <class T>
std::uint64_t first_odd_energy(std::span<const T> energy) {
  // Without an early exit, so that the loop is vectorised; odd energies are rare.
  bool sound = true;
  for (const T e : energy) sound = sound & (std::abs(e) <= std::numeric_limits<T>::max()) & (e != 0);
  if (sound) return energy.size();
  std::uint64_t hit = 0;
  while (std::isfinite(energy[hit]) && energy[hit] != 0) ++hit;
  return hit;
}

template <class Voxel>
void require_ascending(std::span<const std::uint32_t> offset, std::span<const Voxel> voxel, std::uint32_t voxels) {
  for (std::size_t row = 0; row + 1 < offset.size(); ++row) {
    bool sound = offset[row] == offset[row + 1] || voxel[offset[row + 1] - 1] < voxels;
    for (std::uint64_t hit = std::uint64_t{offset[row]} + 1; hit < offset[row + 1]; ++hit) {
      sound = sound & (voxel[hit - 1] < voxel[hit]);
    }
    if (!sound) {
      throw Error(ErrorCode::argument, "the voxels of shower " + std::to_string(row) +
                                           " of the block do not ascend or are not all below " + std::to_string(voxels));
    }
  }
}

}  // namespace

ShowerTable::ShowerTable(std::uint32_t voxels, std::uint64_t expected_rows)
    : voxels_(voxels), expected_rows_(expected_rows), narrow_(voxels <= 65536) {
  if (voxels == 0) throw Error(ErrorCode::argument, "a shower table needs at least one voxel");
}

bool ShowerTable::wide_energies() const {
  return std::any_of(segments_.begin(), segments_.end(), [](const Segment& segment) { return segment.wide; });
}

std::size_t ShowerTable::bytes() const {
  std::size_t bytes = incident_energy_.capacity() * 8 + offset_.capacity() * 8;
  for (const auto& segment : segments_) {
    bytes += segment.voxel16.capacity() * 2 + segment.voxel32.capacity() * 4 + segment.energy32.capacity() * 4 +
             segment.energy64.capacity() * 8;
  }
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
    if (!std::isfinite(voxels[i])) {
      throw Error(ErrorCode::non_finite, "shower " + std::to_string(rows() + i / voxels_) + ", voxel " +
                                             std::to_string(i % voxels_) + " is not a finite number");
    }
  }
  require_finite(incident_energies);
  const std::uint64_t rows_together = std::max<std::uint64_t>(1, piece_voxels / voxels_);
  std::vector<std::uint32_t> offset, voxel;
  std::vector<std::uint16_t> voxel16;
  std::vector<T> energy;
  for (std::uint64_t first = 0; first < added; first += rows_together) {
    const std::uint64_t count = std::min(rows_together, added - first);
    offset.assign(1, 0);
    voxel.clear();
    energy.clear();
    for (std::uint64_t row = first; row < first + count; ++row) {
      for (std::uint32_t v = 0; v < voxels_; ++v) {
        const T e = voxels[row * voxels_ + v];
        if (e == 0) continue;
        voxel.push_back(v);
        energy.push_back(e);
      }
      offset.push_back(static_cast<std::uint32_t>(voxel.size()));
    }
    const auto energies = incident_energies.subspan(first, count);
    const std::span<const T> hit_energies(energy);
    if (narrow_) {
      voxel16.resize(voxel.size());
      for (std::size_t hit = 0; hit < voxel.size(); ++hit) voxel16[hit] = static_cast<std::uint16_t>(voxel[hit]);
      append_checked(energies, offset, std::span<const std::uint16_t>(voxel16), hit_energies);
    } else {
      append_checked(energies, offset, std::span<const std::uint32_t>(voxel), hit_energies);
    }
  }
}

void ShowerTable::append(std::span<const double> incident_energies, const HitRows& hits) {
  const auto& offset = hits.offset;
  const auto size = [](const auto& values) { return values.size(); };
  const std::uint64_t count = std::visit(size, hits.voxel);
  if (offset.size() != incident_energies.size() + 1 || offset.front() != 0 || offset.back() != count ||
      !std::is_sorted(offset.begin(), offset.end()) || std::visit(size, hits.energy) != count) {
    throw Error(ErrorCode::shape, "offsets, voxels and energies are not the hits of " +
                                      std::to_string(incident_energies.size()) + " showers");
  }
  if ((hits.voxel.index() == 0) != narrow_) {
    throw Error(ErrorCode::argument, std::string("the voxels of the hits must have ") + (narrow_ ? "16" : "32") + " bits");
  }
  std::visit([&](const auto& voxel) { require_ascending(offset, voxel, voxels_); }, hits.voxel);
  require_finite(incident_energies);
  std::visit(
      [&](const auto& voxel, const auto& energy) {
        const std::uint64_t odd = first_odd_energy(energy);
        if (odd < count) {
          const auto row = static_cast<std::uint64_t>(std::upper_bound(offset.begin(), offset.end(), odd) - offset.begin()) - 1;
          const std::string place = "shower " + std::to_string(rows() + row) + ", voxel " + std::to_string(voxel[odd]);
          if (energy[odd] == 0) throw Error(ErrorCode::argument, place + " is no hit: its energy is zero");
          throw Error(ErrorCode::non_finite, place + " is not a finite number");
        }
        append_checked(incident_energies, offset, voxel, energy);
      },
      hits.voxel, hits.energy);
}

void ShowerTable::require_finite(std::span<const double> incident_energies) const {
  for (std::uint64_t i = 0; i < incident_energies.size(); ++i) {
    if (!std::isfinite(incident_energies[i])) {
      throw Error(ErrorCode::non_finite,
                  "the incident energy of shower " + std::to_string(rows() + i) + " is not a finite number");
    }
  }
}

/// All memory is taken before the first entry is written: when there is not enough the table is as before.
template <class Voxel, class Energy>
void ShowerTable::append_checked(std::span<const double> incident_energies, std::span<const std::uint32_t> offset,
                                 std::span<const Voxel> voxel, std::span<const Energy> energy) {
  reserve_rows(incident_energies.size());
  const std::uint64_t first_hit = hits();
  if (!energy.empty()) {
    const bool wide = !std::all_of(energy.begin(), energy.end(), [](Energy e) { return fits_float(e); });
    Segment& segment = segment_for(incident_energies.size(), energy.size(), wide);
    if constexpr (std::is_same_v<Voxel, std::uint16_t>) segment.voxel16.insert(segment.voxel16.end(), voxel.begin(), voxel.end());
    else segment.voxel32.insert(segment.voxel32.end(), voxel.begin(), voxel.end());
    if (segment.wide) {
      segment.energy64.insert(segment.energy64.end(), energy.begin(), energy.end());
    } else {
      for (const Energy e : energy) segment.energy32.push_back(static_cast<float>(e));
    }
  }
  incident_energy_.insert(incident_energy_.end(), incident_energies.begin(), incident_energies.end());
  for (std::size_t row = 1; row < offset.size(); ++row) offset_.push_back(first_hit + offset[row]);
}

void ShowerTable::reserve_rows(std::uint64_t added) {
  const std::uint64_t needed = rows() + added;
  if (needed <= incident_energy_.capacity() && needed < offset_.capacity()) return;
  const std::uint64_t room = std::max({needed, 2 * rows(), std::min(expected_rows_, largest_row_hint)});
  incident_energy_.reserve(room);
  offset_.reserve(room + 1);
}

/// The segment that the next rows go to: the last one where it has room and holds such energies, or a new one.
ShowerTable::Segment& ShowerTable::segment_for(std::uint64_t added_rows, std::uint64_t added_hits, bool wide) {
  if (!segments_.empty()) {
    Segment& last = segments_.back();
    if (last.capacity - (hits() - last.first_hit) >= added_hits && (last.wide || !wide)) return last;
  }
  const std::uint64_t rows_then = rows() + added_rows;
  const std::uint64_t hits_then = hits() + added_hits;
  double to_come = static_cast<double>(hits());
  if (expected_rows_ >= rows_then) {
    const auto waiting = static_cast<double>(expected_rows_ - rows_then);
    to_come = 1.02 * waiting * static_cast<double>(hits_then) / static_cast<double>(rows_then);
  }
  Segment segment;
  segment.first_row = rows();
  segment.first_hit = hits();
  segment.wide = wide;
  segment.capacity = added_hits;
  if (added_hits < segment_hits) {
    const auto room = static_cast<double>(segment_hits - added_hits);
    segment.capacity += static_cast<std::uint64_t>(std::min(room, to_come));
  }
  if (narrow_) segment.voxel16.reserve(segment.capacity);
  else segment.voxel32.reserve(segment.capacity);
  if (wide) segment.energy64.reserve(segment.capacity);
  else segment.energy32.reserve(segment.capacity);
  segments_.push_back(std::move(segment));
  return segments_.back();
}

const ShowerTable::Segment& ShowerTable::segment_of(std::uint64_t row) const {
  const auto after = std::upper_bound(segments_.begin(), segments_.end(), row,
                                      [](std::uint64_t wanted, const Segment& segment) { return wanted < segment.first_row; });
  return *(after - 1);
}

void ShowerTable::read(std::uint64_t row, double threshold, Hits& hits) const {
  const std::uint64_t all = offset_[row + 1] - offset_[row];
  hits.voxel.resize(all);
  hits.energy.resize(all);
  std::size_t kept = 0;
  for_each_hit(row, [&](std::uint32_t voxel, double energy) {
    hits.voxel[kept] = voxel;
    hits.energy[kept] = energy;
    kept += energy < threshold ? 0 : 1;
  });
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
