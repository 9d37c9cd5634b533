#include "core/toys/toy_profile.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caloscope {
namespace {

constexpr double MeV_per_GeV = 1000;

/// ln Γ(a) for a ≥ 1: Stirling's series after shifting the argument above 10 (error below 1e-12). std::lgamma writes a
/// global sign on some systems, which threads must not share.
double log_gamma(double a) {
  double shift = 1;
  while (a < 10) shift *= a++;
  const double inverse_square = 1 / (a * a);
  const double series =
      (1.0 / 12 - inverse_square * (1.0 / 360 - inverse_square * (1.0 / 1260 - inverse_square / 1680))) / a;
  return (a - 0.5) * std::log(a) - a + 0.5 * std::log(2 * std::numbers::pi) + series - std::log(shift);
}

/// One side of the incomplete gamma function, the one that is computed without loss: P below α + 1, Q = 1 - P above.
struct GammaSide {
  bool upper;
  double value;
};

constexpr double accuracy = 1e-14;

/// `prefactor` = x^a e^-x / Γ(a).
double lower_series(double a, double x, double prefactor) {
  double term = 1 / a;
  double sum = term;
  for (double n = a + 1; term > accuracy * sum; ++n) {
    term *= x / n;
    sum += term;
  }
  return prefactor * sum;
}

/// Continued fraction of Q, evaluated from the front by Lentz's method.
double upper_fraction(double a, double x, double prefactor) {
  double b = x + 1 - a;
  double c = 1e300;
  double d = 1 / b;
  double value = d;
  for (int n = 1; n < 500; ++n) {
    const double numerator = n * (a - n);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const double factor = c * d;
    value *= factor;
    if (std::abs(factor - 1) < accuracy) break;
  }
  return prefactor * value;
}

GammaSide incomplete_gamma(double a, double x, double log_gamma_a) {
  if (x <= 0) return {false, 0};
  const double prefactor = std::exp(a * std::log(x) - x - log_gamma_a);
  if (x < a + 1) return {false, lower_series(a, x, prefactor)};
  return {true, upper_fraction(a, x, prefactor)};
}

double between(GammaSide low, GammaSide high) {
  if (low.upper) return std::max(low.value - high.value, 0.0);
  if (high.upper) return 1 - low.value - high.value;
  return std::max(high.value - low.value, 0.0);
}

}  // namespace

ProfileDistribution profile_distribution(const ShowerMedium& medium, double energy) {
  const double ln_y = std::log(energy / medium.critical_energy);
  return {.mean_ln_t = std::log(ln_y - 0.812),
          .sigma_ln_t = 1 / (-1.4 + 1.26 * ln_y),
          .mean_ln_alpha = std::log(0.81 + (0.458 + 2.26 / medium.z) * ln_y),
          .sigma_ln_alpha = 1 / (-0.58 + 0.86 * ln_y),
          .correlation = 0.705 - 0.023 * ln_y};
}

LongitudinalProfile longitudinal_profile(const ProfileDistribution& distribution, double z_t, double z_alpha) {
  const double rho = distribution.correlation;
  const double z = rho * z_t + std::sqrt(1 - rho * rho) * z_alpha;
  const double alpha = std::exp(distribution.mean_ln_alpha + distribution.sigma_ln_alpha * z);
  return {.t_max = std::exp(distribution.mean_ln_t + distribution.sigma_ln_t * z_t),
          .alpha = std::max(alpha, smallest_alpha)};
}

void depth_shares(const LongitudinalProfile& profile, std::span<const double> edges, std::span<double> shares) {
  const double beta = profile.beta();
  const double log_gamma_alpha = log_gamma(profile.alpha);
  GammaSide low = incomplete_gamma(profile.alpha, beta * edges[0], log_gamma_alpha);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const GammaSide high = incomplete_gamma(profile.alpha, beta * edges[i + 1], log_gamma_alpha);
    shares[i] = between(low, high);
    low = high;
  }
}

RadialProfile radial_profile(const ShowerMedium& medium, double energy, double tau) {
  const double ln_e = std::log(energy / MeV_per_GeV);
  const double z = medium.z;
  const double core = 0.0251 + 0.00319 * ln_e + (0.1162 - 0.000381 * z) * tau;
  const double k1 = 0.659 - 0.00309 * z;
  const double k4 = 0.3585 + 0.0421 * ln_e;
  const double tail = k1 * (std::exp(-2.59 * (tau - 0.645)) + std::exp(k4 * (tau - 0.645)));
  const double x = (0.401 + 0.00187 * z - tau) / (1.313 - 0.0686 * ln_e);
  return {.core = core, .tail = tail, .core_weight = (2.632 - 0.00094 * z) * std::exp(x - std::exp(x))};
}

double relative_depth(const ProfileDistribution& distribution, const LongitudinalProfile& profile, double depth) {
  const double mean_alpha = std::exp(distribution.mean_ln_alpha);
  return depth / profile.mean_depth() * mean_alpha / (mean_alpha - 1);
}

}  // namespace caloscope
