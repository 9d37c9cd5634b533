#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/samples/geometry.h"
#include "core/samples/shower_column.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// When an evaluation compares an observable: always, or only where somebody names it, because others that are compared say
/// the same or nearly so.
enum class Asked : std::uint8_t { always, by_name };

/// A number that physicists histogram.
struct Observable {
  std::string name;
  std::string label;  ///< for axes
  std::string unit;   ///< MeV, the geometry's unit of length, or empty
  std::optional<std::uint32_t> layer;  ///< the layer's own number; none: of the whole shower
  Asked asked;
  PlacedValue value;
};

/// The observables of a geometry: those of the whole shower, then those of its layers, layer by layer, as the table in
/// observables.cc defines them. Moments are those of CaloChallenge's `high` features. What needs an energy to weight or to
/// divide with is NaN where there is none above 0: centers of an empty layer, fractions of an empty shower.
std::vector<Observable> observables_of(const Geometry& geometry);

/// The chosen observables (indices into `observables_of`) of all showers, one observable after the other:
/// value[o * rows + row]. Voxels below `threshold` (MeV) count as zero.
std::vector<double> observable_values(const ShowerTable& showers, const Geometry& geometry, double threshold,
                                      std::span<const std::uint32_t> chosen, const TileRunner& run_tiles,
                                      const JobControl& control);

}  // namespace caloscope
