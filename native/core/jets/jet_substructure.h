#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace caloscope {

/// A constituent in coordinates relative to its jet: Δη, Δφ, p_T/p_T(jet). Massless.
struct Constituent {
  double eta;
  double phi;
  double pt;
};

/// Invariant mass of the sum, in units of the jet's p_T: m² = (ΣE)² − |Σp|² of massless constituents.
double jet_mass(std::span<const Constituent> jet);

/// Transverse momentum of the sum, in units of the jet's p_T.
double jet_pt(std::span<const Constituent> jet);

/// τ_1, τ_2, τ_3: τ_N = Σ_i p_T,i min_k ΔR_ik / Σ_i p_T,i (arXiv:1011.2268, β = 1; a constant radius would cancel in ratios), with the
/// N axes of exclusive k_T clustering with winner-take-all recombination (arXiv:1401.2158). 0 for jets of up to N constituents.
std::array<double, 3> subjettiness(std::span<const Constituent> jet);

/// e_3/e_2³ (arXiv:1409.6298, β = 1): e_2 = Σ_{i<j} z_i z_j R_ij, e_3 = Σ_{i<j<k} z_i z_j z_k R_ij R_ik R_jk, z_i = p_T,i/Σp_T. NaN where
/// e_2 is 0.
double energy_correlation_d2(std::span<const Constituent> jet);

}  // namespace caloscope
