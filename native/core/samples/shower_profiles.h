#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// A histogram that every shower fills with its hits: energy or number of hits by layer, by ring, by angle, by voxel energy.
struct ShowerProfile {
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

  /// One entry a voxel: its place on the axis, or `nowhere`.
  std::vector<std::uint32_t> place;
  /// How many places there are.
  std::uint32_t places = 0;
  /// MeV, rising: each place has a bin between two of these, for hits of such an energy; what lies outside goes to the first or
  /// last bin. Empty: no such bins.
  std::vector<double> energy_edges;
  /// Sums energies, negative ones too; otherwise counts voxels above zero.
  bool energies = false;
  /// Whether products of what a shower has in two cells are summed, too.
  bool products = false;

  std::size_t cells() const { return energy_edges.empty() ? places : places * (energy_edges.size() - 1); }
  std::size_t pairs() const { return products ? cells() * (cells() + 1) / 2 : 0; }
};

/// Sums over the showers, c what one shower has in a cell and w its weight: all of its hits come together, so that they are one
/// entry. The mean of a shower is m = Σwc/Σw, its variance n/(n − 1) Σw²(c − m)²/(Σw)² with n = (Σw)²/Σw².
struct ProfileSums {
  std::vector<double> contents;        ///< Σ w c
  std::vector<double> square_weighted; ///< Σ w² c
  std::vector<double> squares;         ///< Σ w² c²
  /// Σ w² c_i c_j, i ≥ j, of each profile that has them, one after the other: place i (i + 1)/2 + j.
  std::vector<double> products;
};

/// Time grows with the hits, and with the square of the cells that a shower touches where products are summed; memory with the
/// sums. Of each weight column, over the cells of all profiles, one profile after the other; in a profile place by place. An empty
/// column weights every shower with 1. Voxels below `threshold` (MeV) count as zero. The same bits on any number of threads.
/// Throws Error(shape) where sizes do not fit, Error(argument) for places and edges that are none.
std::vector<ProfileSums> profile_sums(const ShowerTable& showers, double threshold, std::span<const ShowerProfile> profiles,
                                      std::span<const std::vector<double>> weights, const TileRunner& run_tiles,
                                      const JobControl& control);

}  // namespace caloscope
