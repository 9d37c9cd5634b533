#include "core/samples/shower_moments.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace caloscope {
namespace {

std::span<const double> positions(const Geometry& geometry, Coordinate coordinate) {
  switch (coordinate) {
    case Coordinate::radius: return geometry.radius;
    case Coordinate::eta: return geometry.eta;
    case Coordinate::phi: return geometry.phi;
  }
  return {};
}

}  // namespace

ShowerMoments::ShowerMoments(const ShowerTable& showers, const Geometry& geometry, const Reading& reading)
    : showers_(showers),
      geometry_(geometry),
      reading_(reading),
      spreads_(coordinates * geometry.layers()),
      brightest_(brightest_voxels * geometry.layers()),
      has_spread_(spreads_.size()),
      has_brightest_(geometry.layers()) {}

void ShowerMoments::select(std::uint64_t row) {
  row_ = row;
  has_hits_ = false;
  if (!has_layers_) return;
  has_layers_ = false;
  whole_spreads_.fill(std::nullopt);
  std::fill(has_spread_.begin(), has_spread_.end(), std::uint8_t{0});
  std::fill(has_brightest_.begin(), has_brightest_.end(), std::uint8_t{0});
}

void ShowerMoments::read_hits() {
  showers_.read(row_, reading_.threshold, hits_);
  if (reading_.highest_voxel) {
    for (double& energy : hits_.energy) energy = std::clamp(energy, 0.0, *reading_.highest_voxel);
  }
  has_hits_ = true;
}

void ShowerMoments::sum_layers() {
  layer_moments(geometry_, hits(), layers_);
  deposited_energy_ = 0;
  for (const auto& layer : layers_) deposited_energy_ += layer.energy;
  has_layers_ = true;
}

void ShowerMoments::find_spread(Coordinate coordinate, std::uint32_t layer, std::size_t place) {
  const auto& moments = this->layer(layer);
  spreads_[place] = caloscope::spread(hits_, moments, positions(geometry_, coordinate), reading_.softening);
  has_spread_[place] = 1;
}

const ShowerMoments::WholeSpread& ShowerMoments::whole_spread(Coordinate coordinate) {
  auto& whole = whole_spreads_[static_cast<std::size_t>(coordinate)];
  if (whole) return *whole;
  const auto position = positions(geometry_, coordinate);
  layers();
  const auto sum = [&](const auto& term) {
    double total = 0;
    for (std::uint32_t l = 0; l < geometry_.layers(); ++l) {
      if (coordinate != Coordinate::radius && geometry_.angular[l] == 0) continue;
      for (auto hit = layers_[l].first_hit; hit < layers_[l].end_hit; ++hit) {
        total += term(position[hits_.voxel[hit]]) * hits_.energy[hit];
      }
    }
    return total;
  };
  const double energy = sum([](double) { return 1.0; });
  const double centre = sum([](double x) { return x; }) / energy;
  const double variance = sum([=](double x) { return (x - centre) * (x - centre); }) / energy;
  whole = WholeSpread{{centre, width_of(variance, centre)}, energy};
  return *whole;
}

void ShowerMoments::find_extents() {
  extents_.resize(spreads_.size());
  for (std::uint32_t l = 0; l < geometry_.layers(); ++l) {
    for (const auto coordinate : {Coordinate::radius, Coordinate::eta, Coordinate::phi}) {
      const auto of_layer = positions(geometry_, coordinate)
                                .subspan(geometry_.first_voxel[l], geometry_.first_voxel[l + 1] - geometry_.first_voxel[l]);
      const auto [lowest, highest] = std::minmax_element(of_layer.begin(), of_layer.end());
      extents_[place_of(coordinate, l)] = {*lowest, *highest};
    }
  }
}

std::span<const double, ShowerMoments::brightest_voxels> ShowerMoments::brightest(std::uint32_t layer) {
  const auto& moments = this->layer(layer);
  const std::span<double, brightest_voxels> found(brightest_.data() + layer * brightest_voxels, brightest_voxels);
  if (has_brightest_[layer] == 0) {
    sorted_.assign(hits_.energy.begin() + static_cast<std::ptrdiff_t>(moments.first_hit),
                   hits_.energy.begin() + static_cast<std::ptrdiff_t>(moments.end_hit));
    sorted_.resize(std::max(sorted_.size(), brightest_voxels), 0.0);
    std::partial_sort_copy(sorted_.begin(), sorted_.end(), found.begin(), found.end(), std::greater<>());
    has_brightest_[layer] = 1;
  }
  return found;
}

}  // namespace caloscope
