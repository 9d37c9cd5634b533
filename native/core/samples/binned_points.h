#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/samples/content_notes.h"
#include "core/samples/hit_block.h"
#include "core/samples/point_binning.h"

namespace caloscope {

/// One quantity of the points of some showers, wherever it lies: that of point i of shower r is
/// numbers[at + r · shower_stride + (first[r] + i) · stride], with first[r] of PointShowers.
struct PointColumn {
  std::variant<std::span<const float>, std::span<const double>> numbers;
  std::uint64_t at = 0, shower_stride = 0, stride = 1;
};

/// Showers as points, one place and energy each; as they lie in a file.
struct PointShowers {
  std::vector<double> incident_energies;  ///< MeV
  /// Of each shower: its first point, and how many there are.
  std::vector<std::uint64_t> first, count;
  PointColumn x, y, energy;
  std::optional<PointColumn> layer, z;
  /// Points whose mask is 0 are none; without a mask those whose energy is.
  std::optional<PointColumn> mask;
  double energy_factor = 1;  ///< MeV of one stored unit
  double length_factor = 1;  ///< of the binning's unit of length, of one stored unit; for x, y and z

  std::uint64_t rows() const { return incident_energies.size(); }
};

/// What was seen of the points themselves.
struct PointNotes {
  std::uint64_t points = 0;
  double energy = 0;  ///< MeV, of all finite ones
  /// Points that lie in no voxel, with the energy that they have.
  Oddity outside;
  double outside_energy = 0;
  std::array<double, 3> first_outside{};  ///< x, y and layer or z of the first
  Oddity non_finite_coordinates, non_finite_energies, negative_energies;
};

/// Quantities of the points of each shower, also of those in no voxel: one entry a shower, NaN where it has none.
struct PointObservables {
  std::vector<double> points;
  /// Σ E q / Σ E of x, of y, and of z or the number of the layer: by which the binning finds layers.
  std::array<std::vector<double>, 3> center;
};

struct BinnedPoints {
  HitBlock hits;
  /// Points of a shower by energy: `voxels` are the bins, an `energy` is a number of points.
  HitBlock spectrum;
  PointObservables observables;
  PointNotes notes;
  /// Showers that the policy drops for their points, which are not in `notes`; they are still there, without hits.
  DroppedRows odd;

  /// Takes showers out of spectrum and observables: rows of the block, ascending.
  void remove_rows(std::span<const std::uint64_t> removed);
};

/// Sums the energies of the points of each voxel, in the order of the points and in double precision; where all stored energies are
/// float32 the sum is rounded to that. Odd points are noted, and left out as the policy says; a point without finite
/// coordinates is in no voxel. `first_row` is the number of the first shower in its file. `spectrum` are bins of energy in MeV.
/// Throws Error(shape) or Error(argument) when a column does not hold what is asked of it.
BinnedPoints bin_points(PointShowers showers, const PointBinning& binning, const BinEdges& spectrum,
                        std::uint64_t first_row, ContentPolicy policy);

}  // namespace caloscope
