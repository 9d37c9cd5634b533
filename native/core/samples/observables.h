#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/samples/geometry.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// The observables of a geometry, by name: what physicists histogram. Energies in MeV, lengths in the geometry's unit,
/// LAYER is the layer's own number.
///
///   incident_energy, deposited_energy, energy_ratio (deposited over incident),
///   depth, depth_width   mean and standard deviation of the layer number (0, 1, …) weighted with energy
///   occupancy            share of voxels above zero
///   brightest_fraction   brightest voxel over deposited energy
///   layer_energy_LAYER, layer_occupancy_LAYER, centre_r_LAYER, width_r_LAYER
///   centre_eta_LAYER, centre_phi_LAYER, width_eta_LAYER, width_phi_LAYER   in angular layers
///
/// Moments are those of CaloChallenge's `high` features; those of an empty layer are 0.
std::vector<std::string> observable_names(const Geometry& geometry);

/// The chosen observables (indices into `observable_names`) of all showers, one observable after the other:
/// value[o * rows + row]. Voxels below `threshold` (MeV) count as zero.
std::vector<double> observables(const ShowerTable& showers, const Geometry& geometry, double threshold,
                                std::span<const std::uint32_t> chosen, const TileRunner& run_tiles,
                                const JobControl& control);

}  // namespace caloscope
