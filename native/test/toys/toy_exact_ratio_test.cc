// The distortion with the exactly known density ratio.

#include <gtest/gtest.h>

#include <numbers>
#include <numeric>

#include "test/support/toy_samples.h"

namespace caloscope {
namespace {

constexpr double shift = 0.8;
constexpr std::uint64_t seed = 31;

/// z of ln T from nothing but the voxels and the incident energy: Newton's method on the two ratios of the
/// section energies.
double recovered_z(const ToyGeometry& geometry, double energy, const float* voxels) {
  const auto measured = section_energies(geometry, voxels);
  const auto distribution = profile_distribution(geometry.medium, energy);
  std::vector<double> shares(geometry.slices.size());
  const auto log_ratios = [&](double ln_t, double ln_alpha) {
    depth_shares({std::exp(ln_t), std::exp(ln_alpha)}, geometry.slice_edges, shares);
    std::array<double, toy_sections> sections{};
    for (std::size_t i = 0; i < shares.size(); ++i) {
      sections[geometry.section_of_layer[geometry.slices[i].layer]] += shares[i];
    }
    return std::array{std::log(sections[0] / sections[1] * measured[1] / measured[0]),
                      std::log(sections[2] / sections[1] * measured[1] / measured[2])};
  };
  double a = distribution.mean_ln_t, b = distribution.mean_ln_alpha;
  for (int step = 0; step < 60; ++step) {
    constexpr double h = 1e-6;
    const auto f = log_ratios(a, b);
    const auto fa = log_ratios(a + h, b);
    const auto fb = log_ratios(a, b + h);
    const double j00 = (fa[0] - f[0]) / h, j01 = (fb[0] - f[0]) / h;
    const double j10 = (fa[1] - f[1]) / h, j11 = (fb[1] - f[1]) / h;
    const double determinant = j00 * j11 - j01 * j10;
    const double da = -(j11 * f[0] - j01 * f[1]) / determinant;
    const double db = -(j00 * f[1] - j10 * f[0]) / determinant;
    const double damping = std::min(1.0, 0.2 / std::max(std::abs(da), std::abs(db)));
    a += damping * da;
    b = std::max(b + damping * db, std::log(1.01));
    if (std::abs(da) + std::abs(db) < 1e-10) break;
  }
  return (a - distribution.mean_ln_t) / distribution.sigma_ln_t;
}

class ExactRatio : public testing::TestWithParam<ToyGeometryName> {
 protected:
  static ToySample sample(bool distorted, std::size_t n) {
    return make_sample(ToyCalorimeter(GetParam(), seed, {DistortionKind::depth_shift, shift}, distorted), n);
  }
  const ToyGeometry& geometry = toy_geometry(GetParam());
};

TEST_P(ExactRatio, IsAFunctionOfTheShowerAlone) {
  for (const bool distorted : {false, true}) {
    const ToySample showers = sample(distorted, 250);
    for (std::size_t i = 0; i < showers.showers.size(); ++i) {
      const double z = recovered_z(geometry, showers.showers[i].incident_energy, showers.row(i));
      EXPECT_NEAR(depth_shift_log_ratio(shift, z), showers.showers[i].log_density_ratio, 1e-4) << "shower " << i;
    }
  }
}

TEST_P(ExactRatio, ComesFromShiftedNormalDensities) {
  const auto log_density = [](double z) { return -0.5 * z * z; };
  for (const double z : {-2.0, 0.0, 0.3, 1.7}) {
    EXPECT_NEAR(depth_shift_log_ratio(shift, z), log_density(z) - log_density(z - shift), 1e-12);
  }
}

/// Distorted and undistorted showers made of the same random numbers differ by the shift of T alone.
TEST_P(ExactRatio, ShiftsTheDepthAndNothingElse) {
  const ToySample distorted = sample(true, 200);
  const ToySample plain =
      make_sample(ToyCalorimeter(GetParam(), twin(seed), {DistortionKind::depth_shift, shift}, false), 200);
  for (std::size_t i = 0; i < plain.showers.size(); ++i) {
    EXPECT_EQ(distorted.showers[i].incident_energy, plain.showers[i].incident_energy);
    EXPECT_NEAR(distorted.showers[i].log_density_ratio, plain.showers[i].log_density_ratio - shift * shift, 1e-12);
  }
}

double mean_weight(const ToySample& sample, double sign) {
  double sum = 0;
  for (const ToyShower& shower : sample.showers) sum += std::exp(sign * shower.log_density_ratio);
  return sum / static_cast<double>(sample.showers.size());
}

double rank_auc(const ToySample& reference, const ToySample& generated) {
  std::vector<double> scores;
  for (const ToyShower& shower : generated.showers) scores.push_back(shower.log_density_ratio);
  std::sort(scores.begin(), scores.end());
  double below = 0;
  for (const ToyShower& shower : reference.showers) {
    below += static_cast<double>(std::lower_bound(scores.begin(), scores.end(), shower.log_density_ratio) -
                                 scores.begin());
  }
  return below / static_cast<double>(scores.size()) / static_cast<double>(reference.showers.size());
}

/// P(reference ratio > generated ratio) by quadrature: ∫ φ(z) Φ(z + shift) dz, for the ratio falls with z.
double auc_by_quadrature() {
  constexpr double step = 1e-3;
  double sum = 0;
  for (double z = -8; z < 8; z += step) {
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
    sum += density * 0.5 * std::erfc((z - shift) / std::numbers::sqrt2) * step;
  }
  return sum;
}

TEST_P(ExactRatio, HasTheExpectedMeansAndArea) {
  EXPECT_NEAR(depth_shift_auc(shift), auc_by_quadrature(), 1e-9);
  EXPECT_EQ(depth_shift_auc(0), 0.5);
  constexpr std::size_t n = 3000;
  const ToySample reference = sample(false, n);
  const ToySample generated = sample(true, n);
  // Variance of w in the generated sample and of 1/w in the reference: exp(shift²) - 1.
  const double error = std::sqrt((std::exp(shift * shift) - 1) / n);
  EXPECT_NEAR(mean_weight(generated, 1), 1, 5 * error);
  EXPECT_NEAR(mean_weight(reference, -1), 1, 5 * error);
  EXPECT_NEAR(rank_auc(reference, generated), depth_shift_auc(shift), 5 * std::sqrt(1.0 / (6 * n)));
}

/// Chi-square between the reference and the weighted generated histogram of `observable`.
template <class Observable>
double chi_square(const ToySample& reference, const ToySample& generated, bool weighted, Observable observable) {
  constexpr std::size_t bins = 12;
  std::vector<double> values;
  for (std::size_t i = 0; i < reference.showers.size(); ++i) values.push_back(observable(reference, i));
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> edges;
  for (std::size_t k = 1; k < bins; ++k) edges.push_back(sorted[k * sorted.size() / bins]);
  std::vector<double> difference(bins), variance(bins);
  const auto fill = [&](double value, double weight, double sign) {
    const auto bin = static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin());
    difference[bin] += sign * weight;
    variance[bin] += weight * weight;
  };
  for (const double value : values) fill(value, 1, 1);
  for (std::size_t i = 0; i < generated.showers.size(); ++i) {
    fill(observable(generated, i), weighted ? std::exp(generated.showers[i].log_density_ratio) : 1, -1);
  }
  double sum = 0;
  for (std::size_t k = 0; k < bins; ++k) sum += difference[k] * difference[k] / variance[k];
  return sum;
}

TEST_P(ExactRatio, ReweightsOtherObservables) {
  constexpr std::size_t n = 3000;
  const ToySample reference = sample(false, n);
  const ToySample generated = sample(true, n);
  const auto front_share = [&](const ToySample& s, std::size_t i) {
    const auto sections = section_energies(geometry, s.row(i));
    return sections[0] / (sections[0] + sections[1] + sections[2]);
  };
  const auto hits_behind = [&](const ToySample& s, std::size_t i) {
    const auto first = geometry.layers[geometry.layers.size() / 2].first_voxel;
    return static_cast<double>(
        std::count_if(s.row(i) + first, s.row(i) + geometry.voxels, [](float v) { return v > 0; }));
  };
  const auto incident = [](const ToySample& s, std::size_t i) { return s.showers[i].incident_energy; };
  // 12 degrees of freedom: 40 has p = 7e-5.
  EXPECT_GT(chi_square(reference, generated, false, front_share), 100);
  EXPECT_LT(chi_square(reference, generated, true, front_share), 40);
  EXPECT_LT(chi_square(reference, generated, true, hits_behind), 40);
  EXPECT_LT(chi_square(reference, generated, false, incident), 40);
}

INSTANTIATE_TEST_SUITE_P(Geometries, ExactRatio, testing::Values(ToyGeometryName::calogan, ToyGeometryName::ds2),
                         geometry_of);

}  // namespace
}  // namespace caloscope
