#include "core/samples/content_notes.h"

#include <algorithm>
#include <cmath>

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Energies of one shower.
struct Deposit {
  double sum = 0;
  double low = infinity;
  double high = 0;
  bool odd = false;  ///< a voxel is negative or not finite

  void add(double energy) {
    sum += energy;
    low = std::min(low, energy);
    high = std::max(high, energy);
  }
};

Deposit deposit_of(const HitBlock& block, std::uint64_t row) {
  Deposit deposit;
  block.for_each_hit(row, [&](std::uint32_t, double energy) {
    // True for NaN too.
    if (!(energy > 0) || energy == infinity) deposit.odd = true;
    else deposit.add(energy);
  });
  return deposit;
}

/// Second look at a shower with negative or non-finite voxels: what is left of it after the policy.
Deposit deposit_of_odd(const HitBlock& block, std::uint64_t row, std::uint64_t in_file, ContentPolicy policy,
                       ContentNotes& notes) {
  Deposit deposit;
  deposit.odd = true;
  block.for_each_hit(row, [&](std::uint32_t voxel, double energy) {
    const bool finite = std::isfinite(energy);
    if (!finite) notes.non_finite_voxels.note(in_file, voxel);
    else if (energy < 0) notes.negative_voxels.note(in_file, voxel);
    if (finite ? energy < 0 && policy.zero_negative : policy.zero_non_finite) deposit.low = std::min(deposit.low, 0.0);
    else if (finite) deposit.add(energy);
  });
  return deposit;
}

/// The showers that the policy drops for their voxels, their incident energy, or the points that they were made of.
DroppedRows dropped_of(const HitBlock& block, ContentPolicy policy, const DroppedRows& odd_points) {
  DroppedRows dropped;
  if (!policy.drops_any()) return dropped;
  dropped.non_finite = odd_points.non_finite;
  auto point = odd_points.rows.begin();
  for (std::uint64_t row = 0; row < block.rows(); ++row) {
    if (point != odd_points.rows.end() && *point == row) {
      dropped.drop(row, false);  // counted above
      ++point;
      continue;
    }
    const double incident = block.incident_energies()[row];
    bool non_finite = false;
    bool negative = false;
    block.for_each_hit(row, [&](std::uint32_t, double energy) {
      if (!std::isfinite(energy)) non_finite = true;
      else if (energy < 0) negative = true;
    });
    if (policy.drops(incident, non_finite, negative)) dropped.drop(row, non_finite || !std::isfinite(incident));
  }
  return dropped;
}

/// Above it a deposit is no fluctuation: a number was damaged, or its unit is another.
constexpr double largest_deposit = 10;

std::uint32_t brightest_voxel(const HitBlock& block, std::uint64_t row) {
  std::uint32_t brightest = 0;
  double high = -infinity;
  block.for_each_hit(row, [&](std::uint32_t voxel, double energy) {
    if (!std::isfinite(energy) || energy <= high) return;
    high = energy;
    brightest = voxel;
  });
  return brightest;
}

void count_layers(const HitBlock& block, const std::vector<std::uint32_t>& layer_starts, std::vector<double>& counts) {
  counts.assign(layer_starts.size(), 0);
  if (counts.empty()) return;
  for (std::uint64_t row = 0; row < block.rows(); ++row) {
    std::size_t layer = 0;
    block.for_each_hit(row, [&](std::uint32_t voxel, double energy) {
      while (layer + 1 < layer_starts.size() && voxel >= layer_starts[layer + 1]) ++layer;
      if (energy > 0) ++counts[layer];
    });
  }
}

}  // namespace

ContentNotes take_notes(HitBlock& block, std::uint64_t first_row, ContentPolicy policy,
                        const std::vector<std::uint32_t>& layer_starts, const DroppedRows& odd_points) {
  ContentNotes notes;
  notes.dropped = dropped_of(block, policy, odd_points);
  block.remove_rows(notes.dropped.rows);
  count_layers(block, layer_starts, notes.layer_hits);
  auto dropped = notes.dropped.rows.begin();
  std::uint64_t in_file = first_row;
  for (std::uint64_t row = 0; row < block.rows(); ++row, ++in_file) {
    for (; dropped != notes.dropped.rows.end() && first_row + *dropped == in_file; ++dropped) ++in_file;
    const double incident = block.incident_energies()[row];
    if (!std::isfinite(incident)) notes.non_finite_energies.note(in_file);
    else if (incident <= 0) notes.bad_energies.note(in_file);
    notes.incident_energy.widen(incident, incident);
    Deposit deposit = deposit_of(block, row);
    if (deposit.odd) deposit = deposit_of_odd(block, row, in_file, policy, notes);
    const double lowest = block.hits_of(row) < block.voxels() ? std::min(deposit.low, 0.0) : deposit.low;
    notes.voxel_energy.widen(lowest, deposit.high);
    if (deposit.sum == 0 && deposit.low >= 0) notes.empty_showers.note(in_file);
    if (incident > 0 && std::isfinite(incident) && deposit.sum > largest_deposit * incident) {
      notes.excess_deposits.note(in_file, brightest_voxel(block, row));
    }
    if (incident > 0 && deposit.sum > 0 && std::isfinite(deposit.sum)) notes.ratios.push_back(deposit.sum / incident);
  }
  const bool to_zero = (policy.zero_non_finite && notes.non_finite_voxels.count > 0) ||
                       (policy.zero_negative && notes.negative_voxels.count > 0);
  if (to_zero) {
    block.change_energies([&](std::uint32_t, double energy) {
      return std::isfinite(energy) ? (energy < 0 && policy.zero_negative ? 0 : energy) : (policy.zero_non_finite ? 0 : energy);
    });
  }
  return notes;
}

}  // namespace caloscope
