#pragma once

#include <span>

namespace caloscope {

// Mean profiles and fluctuations of electromagnetic showers: G. Grindhammer and S. Peters, "The parameterized
// simulation of electromagnetic showers in homogeneous and sampling calorimeters", hep-ex/0001020, in the form for
// homogeneous media. Depths t are in radiation lengths, radii in Molière radii, energies in MeV.

/// What the parametrisation needs to know of a material, or of a stack that is treated as one.
struct ShowerMedium {
  double z;                    ///< effective atomic number
  double critical_energy;      ///< MeV
  double radiation_length_mm;
  double moliere_radius_mm;
};

/// How ln T and ln α of single showers are distributed: two correlated normal variables (appendix A.1.2).
struct ProfileDistribution {
  double mean_ln_t, sigma_ln_t;
  double mean_ln_alpha, sigma_ln_alpha;
  double correlation;
};

/// The distribution for an electron of `energy` MeV; defined well above the critical energy (from about 0.5 GeV).
ProfileDistribution profile_distribution(const ShowerMedium& medium, double energy);

/// One shower's longitudinal profile, a gamma distribution in depth: dE/dt ∝ (βt)^(α-1) exp(-βt).
struct LongitudinalProfile {
  double t_max;  ///< depth of the maximum, T
  double alpha;
  double beta() const { return (alpha - 1) / t_max; }
  double mean_depth() const { return alpha / beta(); }
};

/// The smallest α a shower gets. Below 1 the profile has no maximum; at 1 GeV about one shower in 2000 is held here.
inline constexpr double smallest_alpha = 1.2;

/// The profile at `z_t` standard deviations of ln T and `z_alpha` of the part of ln α that is independent of ln T.
LongitudinalProfile longitudinal_profile(const ProfileDistribution& distribution, double z_t, double z_alpha);

/// Shares of the energy between neighbouring `edges` (depths, increasing, ≥ 0): differences of the regularised
/// incomplete gamma function P(α, βt), taken from whichever end is the smaller so that the far tail keeps its digits.
/// `shares` has one entry less than `edges`.
void depth_shares(const LongitudinalProfile& profile, std::span<const double> edges, std::span<double> shares);

/// Radial energy density at one depth: p f(r; core) + (1-p) f(r; tail) with f(r; R) = 2 r R² / (r² + R²)².
struct RadialProfile {
  double core, tail;   ///< R_C, R_T in Molière radii
  double core_weight;  ///< p
};

/// The radial profile of a shower of `energy` MeV at the relative depth `tau` = t / T (appendix A.1.3).
RadialProfile radial_profile(const ShowerMedium& medium, double energy, double tau);

/// The relative depth τ of `depth` in one shower: its own mean depth is taken to the mean depth of the average shower.
double relative_depth(const ProfileDistribution& distribution, const LongitudinalProfile& profile, double depth);

}  // namespace caloscope
