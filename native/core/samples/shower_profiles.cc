#include "core/samples/shower_profiles.h"

#include <algorithm>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Showers whose sums are added first, so that the order of additions does not depend on threads.
constexpr std::size_t rows_together = 8 * shower_tile;
/// What tiles hold together, so that memory does not grow with showers × cells; one tile at least is worked on.
constexpr std::size_t numbers_at_once = std::size_t{1} << 23;
constexpr std::size_t most_tiles_at_once = 64;

void check(const ShowerTable& showers, std::span<const ShowerProfile> profiles, std::span<const std::vector<double>> weights) {
  for (const auto& profile : profiles) {
    if (profile.place.size() != showers.voxels()) {
      throw Error(ErrorCode::shape, "a profile has " + std::to_string(profile.place.size()) + " voxels, the showers have " +
                                        std::to_string(showers.voxels()));
    }
    for (const auto place : profile.place) {
      if (place != ShowerProfile::nowhere && place >= profile.places) {
        throw Error(ErrorCode::argument, "a profile of " + std::to_string(profile.places) + " places has none with the number " +
                                             std::to_string(place));
      }
    }
    const auto& edges = profile.energy_edges;
    const bool rising = std::is_sorted(edges.begin(), edges.end(), [](double a, double b) { return !(a > b); });
    if (edges.size() == 1 || !rising) throw Error(ErrorCode::argument, "energy edges must be two at least, and rise");
  }
  for (const auto& column : weights) {
    if (!column.empty() && column.size() != showers.rows()) {
      throw Error(ErrorCode::shape, "there is not one weight for each shower");
    }
  }
}

std::size_t energy_bin(const std::vector<double>& edges, double energy) {
  const auto above = std::upper_bound(edges.begin() + 1, edges.end() - 1, energy);
  return static_cast<std::size_t>(above - edges.begin()) - 1;
}

/// What one shower has in the cells: only those that it touches are ever looked at.
class ShowerCells {
 public:
  explicit ShowerCells(std::size_t cells) : contents_(cells), is_touched_(cells) {}

  /// Adds the hits of the shower to the cells of a profile that comes after those that were filled.
  void fill(const ShowerProfile& profile, const Hits& hits) {
    const std::size_t first = next_cell_;
    const std::size_t first_touched = touched_.size();
    const auto& edges = profile.energy_edges;
    for (std::size_t hit = 0; hit < hits.size(); ++hit) {
      const double energy = hits.energy[hit];
      const std::size_t place = profile.place[hits.voxel[hit]];
      if (place == ShowerProfile::nowhere || (!profile.energies && !(energy > 0))) continue;
      const std::size_t cell = first + (edges.empty() ? place : place * (edges.size() - 1) + energy_bin(edges, energy));
      if (!is_touched_[cell]) touched_.push_back(cell);
      is_touched_[cell] = 1;
      contents_[cell] += profile.energies ? energy : 1;
    }
    if (profile.products) multiply(std::span(touched_).subspan(first_touched), first);
    next_cell_ += profile.cells();
    next_pair_ += profile.pairs();
  }

  void add_to(ProfileSums& sums, double weight) const {
    const double square = weight * weight;
    for (const auto& [pair, product] : products_) sums.products[pair] += square * product;
    for (const auto cell : touched_) {
      const double content = contents_[cell];
      const double weighted = weight * content;
      sums.contents[cell] += weighted;
      sums.square_weighted[cell] += weight * weighted;
      sums.squares[cell] += weighted * weighted;
    }
  }

  void clear() {
    for (const auto cell : touched_) {
      contents_[cell] = 0;
      is_touched_[cell] = 0;
    }
    touched_.clear();
    products_.clear();
    next_cell_ = next_pair_ = 0;
  }

 private:
  struct Product {
    std::size_t pair;
    double value;
  };

  void multiply(std::span<const std::size_t> touched, std::size_t first) {
    for (std::size_t i = 0; i < touched.size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        const std::size_t low = std::min(touched[i], touched[j]) - first, high = std::max(touched[i], touched[j]) - first;
        products_.push_back({next_pair_ + high * (high + 1) / 2 + low, contents_[touched[i]] * contents_[touched[j]]});
      }
    }
  }

  std::vector<double> contents_;
  std::vector<std::uint8_t> is_touched_;
  std::vector<std::size_t> touched_;
  std::vector<Product> products_;
  std::size_t next_cell_ = 0, next_pair_ = 0;
};

void add(ProfileSums& sums, const ProfileSums& others) {
  const auto each = [](std::vector<double>& to, const std::vector<double>& from) {
    for (std::size_t cell = 0; cell < to.size(); ++cell) to[cell] += from[cell];
  };
  each(sums.contents, others.contents);
  each(sums.square_weighted, others.square_weighted);
  each(sums.squares, others.squares);
  each(sums.products, others.products);
}

}  // namespace

std::vector<ProfileSums> profile_sums(const ShowerTable& showers, double threshold, std::span<const ShowerProfile> profiles,
                                      std::span<const std::vector<double>> weights, const TileRunner& run_tiles,
                                      const JobControl& control) {
  check(showers, profiles, weights);
  std::size_t cells = 0, pairs = 0;
  for (const auto& profile : profiles) {
    cells += profile.cells();
    pairs += profile.pairs();
  }
  const std::vector<double> zeros(cells);
  const std::vector<ProfileSums> nothing(weights.size(), {zeros, zeros, zeros, std::vector<double>(pairs)});
  const std::uint64_t rows = showers.rows();
  const std::size_t tiles = (rows + rows_together - 1) / rows_together;
  const std::size_t at_once = std::clamp<std::size_t>(numbers_at_once / std::max<std::size_t>(1, (3 * cells + pairs) * weights.size()),
                                                      1, most_tiles_at_once);
  auto result = nothing;
  for (std::size_t done = 0; done < tiles; done += at_once) {
    std::vector<std::vector<ProfileSums>> of_tiles(std::min(at_once, tiles - done));
    run_tiles(of_tiles.size(), [&](std::size_t tile) {
      auto sums = nothing;
      ShowerCells shower(cells);
      Hits hits;
      const std::uint64_t start = (done + tile) * rows_together;
      for (std::uint64_t row = start; row < std::min<std::uint64_t>(rows, start + rows_together); ++row) {
        if (row % 128 == 0) control.check();
        showers.read(row, threshold, hits);
        shower.clear();
        for (const auto& profile : profiles) shower.fill(profile, hits);
        for (std::size_t column = 0; column < weights.size(); ++column) {
          shower.add_to(sums[column], weights[column].empty() ? 1 : weights[column][row]);
        }
      }
      of_tiles[tile] = std::move(sums);
    });
    for (const auto& tile : of_tiles) {
      for (std::size_t column = 0; column < result.size(); ++column) add(result[column], tile[column]);
    }
  }
  return result;
}

}  // namespace caloscope
