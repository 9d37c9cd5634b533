#include "core/toys/toy_profile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/run/random.h"
#include "core/toys/toy_geometry.h"
#include "core/toys/toy_spots.h"

namespace caloscope {
namespace {

/// ∫ of the gamma density, by Simpson's rule.
double integral(double alpha, double beta, double from, double to) {
  const auto density = [&](double t) {
    return t <= 0 ? 0 : std::exp(alpha * std::log(beta) + (alpha - 1) * std::log(t) - beta * t - std::lgamma(alpha));
  };
  constexpr int steps = 2000;
  const double h = (to - from) / steps;
  double sum = density(from) + density(to);
  for (int i = 1; i < steps; ++i) sum += (i % 2 == 1 ? 4 : 2) * density(from + i * h);
  return sum * h / 3;
}

TEST(ToyProfile, SharesAreIntegralsOfTheGammaDistribution) {
  const std::vector<double> edges{0, 0.5, 3, 6, 6.5, 12, 20, 28, 31, 60};
  for (const LongitudinalProfile profile : {LongitudinalProfile{4, 3.1}, LongitudinalProfile{7.8, 5.0},
                                            LongitudinalProfile{2.5, 2.2}, LongitudinalProfile{11, 7.5}}) {
    std::vector<double> shares(edges.size() - 1);
    depth_shares(profile, edges, shares);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const double expected = integral(profile.alpha, profile.beta(), edges[i], edges[i + 1]);
      EXPECT_NEAR(shares[i], expected, 1e-6 * expected + 1e-12) << "T " << profile.t_max << " slice " << i;
    }
  }
}

TEST(ToyProfile, MaximumAndMeanDepthAreWhereTheFormulasPutThem) {
  // Exact for whole α: P(2, x) = 1 - e^-x (1 + x).
  const LongitudinalProfile profile{.t_max = 5, .alpha = 2};
  std::vector<double> share(1);
  depth_shares(profile, std::vector<double>{0, 10}, share);
  EXPECT_NEAR(share[0], 1 - std::exp(-2) * 3, 1e-11);
  EXPECT_DOUBLE_EQ(profile.mean_depth(), 10);
  EXPECT_GT(integral(2, profile.beta(), 4.9, 5.1), integral(2, profile.beta(), 5.1, 5.3));
  EXPECT_GT(integral(2, profile.beta(), 4.9, 5.1), integral(2, profile.beta(), 4.7, 4.9));
}

TEST(ToyProfile, StacksHaveTheirKnownRadiationLengthsAndMoliereRadii) {
  const ShowerMedium& lead_argon = toy_geometry(ToyGeometryName::calogan).medium;
  EXPECT_NEAR(lead_argon.radiation_length_mm, 1 / (2 / 5.612 + 4 / 140.0) * 6, 0.05);
  EXPECT_NEAR(lead_argon.moliere_radius_mm, 36.8, 0.3);
  const ShowerMedium& tungsten_silicon = toy_geometry(ToyGeometryName::ds2).medium;
  EXPECT_NEAR(tungsten_silicon.radiation_length_mm, 1 / (1.4 / 3.504 + 0.3 / 93.7) * 1.7, 0.03);
}

/// Energy-weighted share of spots inside r against the profile, p r²/(r²+R_C²) + (1-p) r²/(r²+R_T²), each cut.
TEST(ToySpots, ContainTheEnergyOfTheRadialProfile) {
  const ToyGeometry& geometry = toy_geometry(ToyGeometryName::calogan);
  const RadialProfile radial = radial_profile(geometry.medium, 50e3, 1.3);
  EXPECT_GT(radial.core_weight, 0.5);
  EXPECT_LT(radial.core, radial.tail);
  const double mm = geometry.medium.moliere_radius_mm;
  const double cut = geometry.largest_radius;
  const auto inside = [&](double r, double scale) {
    return r * r / (r * r + scale * scale) * (cut * cut + scale * scale) / (cut * cut);
  };
  const SpotSource source(geometry, radial, 2.0, 1.0);
  const Philox random(5, 0);
  constexpr int n = 400000;
  const std::vector<double> radii{0.05, 0.2, 0.5, 1, 2, 4, cut};
  std::vector<double> sum(radii.size()), squares(radii.size());
  double total = 0;
  for (int i = 0; i < n; ++i) {
    const auto block = random.block(static_cast<std::uint64_t>(i));
    const bool in_tail = i % 1000 < 1000 * geometry.tail_spots;
    const EnergySpot spot = in_tail ? source.tail_spot(block) : source.core_spot(block);
    total += spot.energy;
    for (std::size_t k = 0; k < radii.size(); ++k) {
      if (spot.radius > radii[k] * mm * (1 + 1e-12)) continue;
      sum[k] += spot.energy;
      squares[k] += spot.energy * spot.energy;
    }
  }
  EXPECT_NEAR(total / n, 2, 0.02);
  for (std::size_t k = 0; k < radii.size(); ++k) {
    const double expected = 2.0 * n *
                            (radial.core_weight * inside(radii[k], radial.core) +
                             (1 - radial.core_weight) * inside(radii[k], radial.tail));
    EXPECT_NEAR(sum[k], expected, 5 * std::sqrt(squares[k])) << "radius " << radii[k];
  }
}

TEST(ToySpots, DirectionsAreUnitVectors) {
  RandomStream random(3, 0);
  for (int i = 0; i < 20000; ++i) {
    const std::uint32_t word = i < 4 ? static_cast<std::uint32_t>(i) << 30 : random.next();
    const Direction d = direction(word);
    const double angle = -std::numbers::pi + 2 * std::numbers::pi * unit_interval(word);
    ASSERT_NEAR(d.cosine, std::cos(angle), 5e-6);
    ASSERT_NEAR(d.sine, std::sin(angle), 5e-6);
  }
}

}  // namespace
}  // namespace caloscope
