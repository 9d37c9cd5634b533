#include "core/jets/jet_observables.h"

#include <algorithm>
#include <array>
#include <limits>

#include "core/jets/jet_substructure.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

/// Jets of a tile.
constexpr std::uint64_t jet_tile = 64;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

double ratio(double above, double below) { return below > 0 ? above / below : none; }

std::array<double, jet_observable_count> observables_of(std::span<const Constituent> jet) {
  if (jet.empty()) return {none, none, 0, none, none, none};
  const auto [tau1, tau2, tau3] = subjettiness(jet);
  return {jet_mass(jet),      jet_pt(jet),        static_cast<double>(jet.size()),
          ratio(tau2, tau1), ratio(tau3, tau2), energy_correlation_d2(jet)};
}

}  // namespace

std::vector<double> jet_observables(std::span<const float> particles, std::uint64_t rows, std::size_t capacity,
                                    const TileRunner& run_tiles, const JobControl& control) {
  const std::size_t width = capacity * particle_columns;
  if (particles.size() != rows * width) throw Error(ErrorCode::shape, "the particles do not fill the rows");
  std::vector<double> result(jet_observable_count * rows);
  run_tiles((rows + jet_tile - 1) / jet_tile, [&](std::size_t tile) {
    control.check();
    std::vector<Constituent> jet;
    for (std::uint64_t row = tile * jet_tile; row < std::min(rows, (tile + 1) * jet_tile); ++row) {
      jet.clear();
      for (std::size_t i = 0; i < capacity; ++i) {
        const auto one = particles.subspan(row * width + i * particle_columns, particle_columns);
        if (one[2] > 0) jet.push_back({one[0], one[1], one[2]});
      }
      const auto values = observables_of(jet);
      for (std::size_t o = 0; o < jet_observable_count; ++o) result[o * rows + row] = values[o];
    }
  });
  return result;
}

}  // namespace caloscope
