#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Numbers of a particle in a row: Δη, Δφ, p_T/p_T(jet); one without p_T above 0 is absent.
constexpr std::size_t particle_columns = 3;
/// mass, p_T, number of particles, τ21, τ32, D2.
constexpr std::size_t jet_observable_count = 6;

/// Observables of all jets, one after the other: value[o * rows + row], in the order above. NaN where a jet has none: mass and p_T without
/// particles, τ21 where τ1 is 0, τ32 where τ2 is 0, D2 where e_2 is 0.
///
/// `particles` is rows × capacity × particle_columns. Throws Error(shape) where it is not.
std::vector<double> jet_observables(std::span<const float> particles, std::uint64_t rows, std::size_t capacity,
                                    const TileRunner& run_tiles, const JobControl& control);

}  // namespace caloscope
