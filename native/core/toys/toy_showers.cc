#include "core/toys/toy_showers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/toys/toy_spots.h"

namespace caloscope {
namespace {

/// Parts of a shower that draw from streams of their own, so that a distortion of one part leaves the others alone. The
/// part is in the upper bits of the stream number, the shower number below.
enum class Part : std::uint64_t { profile = 0, spots = 1, distortion = 2 };

std::uint64_t stream(Part part, std::uint64_t index) { return static_cast<std::uint64_t>(part) << 56 | index; }

/// Poisson-distributed for means up to 30, above that a rounded normal variable with the same mean and variance.
std::uint32_t poisson_like(double mean, RandomStream& random) {
  if (mean > 30) {
    const double x = std::round(mean + std::sqrt(mean) * random.normal());
    return static_cast<std::uint32_t>(std::max(x, 0.0));
  }
  const double limit = std::exp(-mean);
  std::uint32_t count = 0;
  for (double product = random.uniform(); product > limit; product *= random.uniform()) ++count;
  return count;
}

}  // namespace

struct ToyCalorimeter::Throw {
  double energy;
  ProfileDistribution distribution;
  LongitudinalProfile profile;
  Philox spots;
  std::uint64_t spots_thrown = 0;
  double beside = 0;  ///< energy of spots of this section beside the face, before normalisation
};

ToyCalorimeter::ToyCalorimeter(ToyGeometryName name, std::uint64_t seed, Distortion distortion, bool distorted)
    : geometry_(toy_geometry(name)), distortion_(distortion), applied_(distorted ? distortion : Distortion{}) {
  check_distortion(distortion);
  constexpr std::uint64_t distorted_samples = 0x8000000000000000;
  key_ = applied_.kind == DistortionKind::none ? seed : seed ^ distorted_samples;
  section_voxels_.fill(geometry_.voxels);
  section_slices_.fill(geometry_.slices.size());
  for (std::size_t slice = geometry_.slices.size(); slice-- > 0;) {
    const std::size_t layer = geometry_.slices[slice].layer;
    section_slices_[geometry_.section_of_layer[layer]] = slice;
    section_voxels_[geometry_.section_of_layer[layer]] = geometry_.layers[layer].first_voxel;
  }
  if (applied_.kind == DistortionKind::dead_voxels) dead_ = dead_voxels(geometry_.voxels, applied_.strength);
}

ToyCalorimeter::Scratch ToyCalorimeter::scratch() const {
  const bool smoothing = applied_.kind == DistortionKind::over_smoothing;
  return {.voxels = std::vector<double>(geometry_.voxels),
          .smoothing = std::vector<double>(smoothing ? geometry_.voxels : 0),
          .shares = std::vector<double>(geometry_.slices.size())};
}

double ToyCalorimeter::incident_energy(RandomStream& random) const {
  const double low = geometry_.lowest_energy;
  const double high = geometry_.highest_energy;
  const double u = random.uniform();
  const double energy = geometry_.logarithmic_energies ? low * std::pow(high / low, u) : low + (high - low) * u;
  return static_cast<float>(energy);
}

double ToyCalorimeter::response(double energy, RandomStream& random) const {
  constexpr double GeV = 1000;
  const double z = random.normal();
  const double loss = std::min(geometry_.median_loss * std::exp(geometry_.sigma_ln_loss * z), 0.5);
  const double variance =
      geometry_.stochastic * geometry_.stochastic * GeV / energy + geometry_.constant * geometry_.constant;
  return (1 - loss) * std::exp(std::sqrt(variance) * random.normal() - 0.5 * variance);
}

/// Spots of one slice: their number is Poisson-like around a power of the slice's energy.
void ToyCalorimeter::throw_spots(Throw& shower, std::size_t slice, RandomStream& random, Scratch& scratch) const {
  constexpr double GeV = 1000;
  const double slice_energy = scratch.shares[slice] * shower.energy;
  const double mean_spots = geometry_.spots_at_1_GeV * std::pow(slice_energy / GeV, geometry_.spots_power);
  const std::uint32_t core_spots = poisson_like(mean_spots * (1 - geometry_.tail_spots), random);
  const std::uint32_t tail_spots = poisson_like(mean_spots * geometry_.tail_spots, random);
  const ToySlice& place = geometry_.slices[slice];
  const ToyLayer& layer = geometry_.layers[place.layer];
  const double tau = relative_depth(shower.distribution, shower.profile, place.middle);
  const double stretch = applied_.kind == DistortionKind::width ? 1 + applied_.strength : 1;
  const SpotSource source(geometry_, radial_profile(geometry_.medium, shower.energy, tau), slice_energy / mean_spots,
                          stretch);
  const LayerFace face(geometry_, layer);
  double* const voxels = scratch.voxels.data() + layer.first_voxel;
  const auto deposit = [&](const EnergySpot& spot) {
    const int voxel = face.voxel(spot);
    if (voxel == LayerFace::beside) {
      shower.beside += spot.energy;
    } else {
      voxels[voxel] += spot.energy;
    }
  };
  for (std::uint32_t i = 0; i < core_spots; ++i) deposit(source.core_spot(shower.spots.block(shower.spots_thrown++)));
  for (std::uint32_t i = 0; i < tail_spots; ++i) deposit(source.tail_spot(shower.spots.block(shower.spots_thrown++)));
}

/// Scales the section's voxels so that their sum is exactly `energy`, before and after the threshold takes its share.
void ToyCalorimeter::fill_section(Throw& shower, std::size_t section, double energy, Scratch& scratch) const {
  const auto first = scratch.voxels.begin() + static_cast<std::ptrdiff_t>(section_voxels_[section]);
  const auto last = scratch.voxels.begin() + static_cast<std::ptrdiff_t>(section_voxels_[section + 1]);
  const double thrown = std::accumulate(first, last, 0.0);
  if (thrown <= 0) {
    // No spot fell into the section: its energy, which is then tiny, goes to a voxel on the axis, where it starts.
    const ToyLayer& layer = geometry_.layers[geometry_.slices[section_slices_[section]].layer];
    const std::size_t voxel =
        geometry_.cylindrical ? 0 : layer.rows / 2 * layer.columns + layer.columns / 2;
    scratch.voxels[layer.first_voxel + voxel] = energy;
    return;
  }
  const double scale = energy / thrown;
  const double brightest = *std::max_element(first, last);
  const double cut = std::min(geometry_.threshold / scale, brightest);
  double kept = 0;
  for (auto voxel = first; voxel != last; ++voxel) {
    if (*voxel < cut) *voxel = 0;
    kept += *voxel;
  }
  std::for_each(first, last, [factor = energy / kept](double& voxel) { voxel *= factor; });
  shower.beside *= scale;
}

void ToyCalorimeter::distort_voxels(Scratch& scratch, RandomStream& random) const {
  switch (applied_.kind) {
    case DistortionKind::energy_scale:
      for (double& voxel : scratch.voxels) voxel *= 1 + applied_.strength;
      return;
    case DistortionKind::dead_voxels:
      for (std::size_t voxel = 0; voxel < scratch.voxels.size(); ++voxel) {
        if (dead_[voxel]) scratch.voxels[voxel] = 0;
      }
      return;
    case DistortionKind::noise: add_noise(applied_.strength, scratch.voxels, random); break;
    case DistortionKind::over_smoothing:
      smooth(geometry_, applied_.strength, scratch.voxels, scratch.smoothing);
      break;
    case DistortionKind::none:
    case DistortionKind::width:
    case DistortionKind::missing_tail:
    case DistortionKind::depth_shift: return;
  }
  for (double& voxel : scratch.voxels) {
    if (voxel < geometry_.threshold) voxel = 0;
  }
}

ToyShower ToyCalorimeter::make(std::uint64_t index, std::span<float> voxels, Scratch& scratch) const {
  RandomStream random(key_, stream(Part::profile, index));
  RandomStream distortion_random(key_, stream(Part::distortion, index));
  const double energy = incident_energy(random);
  const double visible = energy * response(energy, random);
  const double z_t = distorted_depth(applied_, random.normal(), distortion_random);
  const double z_alpha = random.normal();
  const ProfileDistribution distribution = profile_distribution(geometry_.medium, energy);
  Throw shower{.energy = energy,
               .distribution = distribution,
               .profile = longitudinal_profile(distribution, z_t, z_alpha),
               .spots = Philox(key_, stream(Part::spots, index))};
  depth_shares(shower.profile, geometry_.slice_edges, scratch.shares);

  ToyShower made{.incident_energy = energy, .overflow = {}, .log_density_ratio = 0};
  std::fill(scratch.voxels.begin(), scratch.voxels.end(), 0.0);
  for (std::size_t section = 0; section < toy_sections; ++section) {
    shower.beside = 0;
    double share = 0;
    for (std::size_t slice = section_slices_[section]; slice < section_slices_[section + 1]; ++slice) {
      share += scratch.shares[slice];
      throw_spots(shower, slice, random, scratch);
    }
    fill_section(shower, section, share * visible, scratch);
    made.overflow[section] = static_cast<float>(shower.beside);
  }
  distort_voxels(scratch, distortion_random);
  std::transform(scratch.voxels.begin(), scratch.voxels.end(), voxels.begin(),
                 [](double voxel) { return static_cast<float>(voxel); });
  if (has_exact_ratio(distortion_)) made.log_density_ratio = depth_shift_log_ratio(distortion_.strength, z_t);
  return made;
}

}  // namespace caloscope
