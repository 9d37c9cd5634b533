#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/samples/geometry.h"
#include "core/samples/layer_moments.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// A coordinate of the voxels.
enum class Coordinate : std::uint8_t { radius, eta, phi };

/// The moments of one shower after the other, of which observables and features are made. Each is computed when it is first
/// needed, and once: what no chosen quantity needs costs nothing.
class ShowerMoments {
 public:
  /// How a published definition reads a shower. Energies in MeV.
  struct Reading {
    double threshold;                     ///< voxels below count as zero; −infinity for none
    double softening;                     ///< guard of centres and widths, see Spread
    std::optional<double> highest_voxel;  ///< voxels are held to 0 … this
  };
  static constexpr std::size_t brightest_voxels = 5;

  /// Keeps references to the showers and the geometry, which must have the same voxels.
  ShowerMoments(const ShowerTable& showers, const Geometry& geometry, const Reading& reading);

  /// All that follows is about the shower of this row.
  void select(std::uint64_t row);

  const Geometry& geometry() const { return geometry_; }
  double threshold() const { return reading_.threshold; }
  double incident_energy() const { return showers_.incident_energies()[row_]; }
  const ShowerTable& showers() const { return showers_; }
  const Hits& hits() {
    if (!has_hits_) read_hits();
    return hits_;
  }
  const std::vector<LayerMoments>& layers() {
    if (!has_layers_) sum_layers();
    return layers_;
  }
  const LayerMoments& layer(std::uint32_t layer) { return layers()[layer]; }
  /// The sum of the layers.
  double deposited_energy() {
    layers();
    return deposited_energy_;
  }
  const Spread& spread(Coordinate coordinate, std::uint32_t layer) {
    const std::size_t place = place_of(coordinate, layer);
    if (has_spread_[place] == 0) find_spread(coordinate, layer, place);
    return spreads_[place];
  }
  /// Of all layers together, without softening; in η and φ of those that have angular bins. Nothing where `energy`, the sum
  /// of these layers, is not above 0.
  struct WholeSpread {
    Spread spread;
    double energy;
  };
  const WholeSpread& whole_spread(Coordinate coordinate);
  /// Where the voxels of a layer lie in a coordinate.
  struct Extent {
    double lowest, highest;
  };
  const Extent& extent(Coordinate coordinate, std::uint32_t layer) {
    if (extents_.empty()) find_extents();
    return extents_[place_of(coordinate, layer)];
  }
  /// Energies of the brightest voxels of a layer, the brightest first; zeros where there are fewer hits.
  std::span<const double, brightest_voxels> brightest(std::uint32_t layer);

 private:
  static constexpr std::size_t coordinates = 3;

  static std::size_t place_of(Coordinate coordinate, std::uint32_t layer) {
    return layer * coordinates + static_cast<std::size_t>(coordinate);
  }
  void read_hits();
  void sum_layers();
  void find_spread(Coordinate coordinate, std::uint32_t layer, std::size_t place);
  void find_extents();

  const ShowerTable& showers_;
  const Geometry& geometry_;
  Reading reading_;
  std::uint64_t row_ = 0;
  bool has_hits_ = false, has_layers_ = false;
  Hits hits_;
  std::vector<LayerMoments> layers_;
  double deposited_energy_ = 0;
  std::vector<Spread> spreads_;  ///< layers × coordinates
  std::array<std::optional<WholeSpread>, coordinates> whole_spreads_;
  std::vector<Extent> extents_;  ///< the same, of every shower
  std::vector<double> brightest_, sorted_;
  std::vector<std::uint8_t> has_spread_, has_brightest_;
};

}  // namespace caloscope
