#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/run/random.h"
#include "core/toys/toy_geometry.h"

namespace caloscope {

// Ways in which a toy "generator" is wrong. Each changes one thing and has one strength.

enum class DistortionKind {
  none,
  energy_scale,    ///< every voxel times 1 + strength; strength > -1
  width,           ///< every energy spot at 1 + strength times its distance from the axis; strength > -1
  missing_tail,    ///< the latest showers, a share `strength` of all by ln T, are never made; 0 ≤ strength < 1
  noise,           ///< normal noise of `strength` MeV in every voxel, zero-suppressed at 2 standard deviations; ≥ 0
  dead_voxels,     ///< a share `strength` of the voxels reads 0, the same ones in every shower; 0 ≤ strength < 1
  over_smoothing,  ///< a share `strength` of every voxel's energy moves to its four neighbours; 0 ≤ strength ≤ 1
  depth_shift,     ///< ln T larger by `strength` of its standard deviations; |strength| ≤ 3; exact density ratio
};

constexpr std::string_view name_of(DistortionKind kind) {
  switch (kind) {
    case DistortionKind::none: return "none";
    case DistortionKind::energy_scale: return "energy-scale";
    case DistortionKind::width: return "width";
    case DistortionKind::missing_tail: return "missing-tail";
    case DistortionKind::noise: return "noise";
    case DistortionKind::dead_voxels: return "dead-voxels";
    case DistortionKind::over_smoothing: return "over-smoothing";
    case DistortionKind::depth_shift: return "depth-shift";
  }
  return {};
}

struct Distortion {
  DistortionKind kind = DistortionKind::none;
  double strength = 0;
};

/// Throws Error(argument) when the strength is outside the range of its kind.
void check_distortion(const Distortion& distortion);

/// Whether log_density_ratio is known for every shower.
bool has_exact_ratio(const Distortion& distortion);

/// ln p_ref(x) / p_gen(x) for depth_shift, of a shower whose ln T lies `z_t` reference standard deviations above the
/// mean.
///
/// This is the ratio of the densities of the whole shower x = (incident energy, voxels), not of a hidden variable:
///
/// 1. Both samples have the same distribution of the incident energy E. Given E, the reference draws z ~ N(0,1), the
///    distorted sample z ~ N(δ,1); all else is drawn in the same way given (E, z). So
///    p_gen(x, z | E) / p_ref(x, z | E) = φ(z - δ) / φ(z).
/// 2. z is a function of x. The layers form three sections, and the shower is made so that the three section energies
///    are exactly r F_s(T, α), with F_s the share of the gamma profile in section s and r one common response.
///    Sampling fluctuations, spots and the threshold redistribute energy inside a section only, and at least one voxel
///    of each section is above zero. The section energies give T, α and r in one way only: if two gamma profiles had
///    the same energies in three neighbouring intervals up to a common factor, their densities (one times the factor)
///    would have to cross inside each of the intervals, so three times; but their log ratio a ln t + b t + c has two
///    zeros at most. T and E then give z = (ln T - ⟨ln T⟩) / σ.
/// 3. With z = z(x), p_gen(x | E) / p_ref(x | E) = φ(z(x) - δ) / φ(z(x)), hence ln p_ref/p_gen = δ²/2 - δ z(x).
///
/// The log ratio is normal in both samples with means ±δ²/2 and standard deviation δ, whatever E is, so the AUC of the
/// best classifier is Φ(|δ|/√2) exactly. (Voxels are stored as float32: z(x) is defined up to about 1e-6.)
double depth_shift_log_ratio(double strength, double z_t);

/// Area under the ROC curve of the exact ratio, Φ(|δ|/√2); 0.5 for a strength of zero.
double depth_shift_auc(double strength);

/// z of ln T as the distorted sample draws it. `random` is used by the missing tail alone, so that all other numbers
/// of a shower stay those of the undistorted one.
double distorted_depth(const Distortion& distortion, double z_t, RandomStream& random);

/// Which voxels are dead: a voxel that is dead at some strength is dead at every larger one, whatever the seed.
std::vector<std::uint8_t> dead_voxels(std::size_t voxels, double share);

/// Moves `share` of every voxel's energy to its neighbours in the layer, a quarter each; what would leave the layer
/// stays. The azimuth is periodic. `scratch` holds as many entries as `voxels`.
void smooth(const ToyGeometry& geometry, double share, std::span<double> voxels, std::span<double> scratch);

/// Adds noise of `sigma` MeV and sets to 0 what is then below 2 sigma.
void add_noise(double sigma, std::span<double> voxels, RandomStream& random);

}  // namespace caloscope
