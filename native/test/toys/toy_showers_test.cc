#include "core/toys/toy_showers.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/run/error.h"
#include "test/support/toy_samples.h"

namespace caloscope {
namespace {

constexpr std::uint64_t seed = 11;

/// Means over incident energies and fluctuations of the shares of single layers, on a grid of equally likely values,
/// with the gamma density integrated by the midpoint rule.
std::vector<double> mean_layer_shares(const ToyGeometry& geometry) {
  constexpr int n = 12;
  const auto normal_midpoint = [](int i) {  // quantile by bisection
    const double target = (i + 0.5) / n;
    double low = -6, high = 6;
    while (high - low > 1e-9) {
      const double x = 0.5 * (low + high);
      (0.5 * std::erfc(-x / std::sqrt(2.0)) < target ? low : high) = x;
    }
    return low;
  };
  std::vector<double> mean(geometry.layers.size());
  for (int e = 0; e < n; ++e) {
    const double u = (e + 0.5) / n;
    const double low = geometry.lowest_energy, high = geometry.highest_energy;
    const double energy = geometry.logarithmic_energies ? low * std::pow(high / low, u) : low + u * (high - low);
    for (int i = 0; i < n * n; ++i) {
      const auto p = longitudinal_profile(profile_distribution(geometry.medium, energy), normal_midpoint(i / n),
                                          normal_midpoint(i % n));
      const double norm = p.alpha * std::log(p.beta()) - std::lgamma(p.alpha);
      for (std::size_t slice = 0; slice < geometry.slices.size(); ++slice) {
        constexpr int points = 8;
        const double step = (geometry.slice_edges[slice + 1] - geometry.slice_edges[slice]) / points;
        for (int k = 0; k < points; ++k) {
          const double t = geometry.slice_edges[slice] + (k + 0.5) * step;
          mean[geometry.slices[slice].layer] +=
              step * std::exp(norm + (p.alpha - 1) * std::log(t) - p.beta() * t) / (n * n * n);
        }
      }
    }
  }
  return mean;
}

class ToyShowers : public testing::TestWithParam<ToyGeometryName> {};

TEST_P(ToyShowers, HaveTheMeanLongitudinalProfile) {
  const ToyCalorimeter calorimeter(GetParam(), seed, {}, false);
  const ToyGeometry& geometry = calorimeter.geometry();
  constexpr std::size_t n = 1500;
  const ToySample sample = make_sample(calorimeter, n);
  const auto expected = mean_layer_shares(geometry);
  for (std::size_t layer = 0; layer < geometry.layers.size(); ++layer) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double share = layer_energy(geometry, sample.row(i), layer) / sample.showers[i].incident_energy;
      sum += share;
      squares += share * share;
    }
    const double mean = sum / n;
    const double error = std::sqrt((squares / n - mean * mean) / n);
    // The grid misses the ends of the distributions, and a ratio of sampled energies is slightly biased.
    EXPECT_NEAR(mean, expected[layer], 4 * error + 0.03 * expected[layer] + 3e-4) << "layer " << layer;
  }
}

TEST_P(ToyShowers, AreReadableVoxelsWithTheResponseOfTheGeometry) {
  const ToyCalorimeter calorimeter(GetParam(), seed, {}, false);
  const ToyGeometry& geometry = calorimeter.geometry();
  constexpr std::size_t n = 400;
  const ToySample sample = make_sample(calorimeter, n);
  double response = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double energy = sample.showers[i].incident_energy;
    EXPECT_GE(energy, geometry.lowest_energy);
    EXPECT_LE(energy, geometry.highest_energy);
    EXPECT_EQ(energy, static_cast<double>(static_cast<float>(energy)));
    const auto sections = section_energies(geometry, sample.row(i));
    for (const double section : sections) EXPECT_GT(section, 0);
    response += std::accumulate(sections.begin(), sections.end(), 0.0) / energy / n;
  }
  EXPECT_NEAR(response, GetParam() == ToyGeometryName::calogan ? 0.994 : 1.0, 0.015);
  for (const float voxel : sample.voxels) {
    ASSERT_TRUE(voxel == 0 || static_cast<double>(voxel) >= geometry.threshold * (1 - 1e-6)) << voxel;
  }
}

TEST_P(ToyShowers, DependOnSeedAndNumberAlone) {
  const ToyCalorimeter calorimeter(GetParam(), seed, {DistortionKind::noise, 0.1}, true);
  constexpr std::size_t n = 40;
  const ToySample sample = make_sample(calorimeter, n, 1);
  EXPECT_EQ(sample.voxels, make_sample(calorimeter, n, 3).voxels);

  auto scratch = calorimeter.scratch();
  std::vector<float> row(sample.voxels_per_shower);
  for (std::size_t i = n; i-- > 0;) {
    const ToyShower shower = calorimeter.make(i, row, scratch);
    EXPECT_EQ(shower.incident_energy, sample.showers[i].incident_energy);
    EXPECT_TRUE(std::equal(row.begin(), row.end(), sample.row(i)));
  }
  const ToyCalorimeter other(GetParam(), seed + 1, {DistortionKind::noise, 0.1}, true);
  EXPECT_NE(sample.voxels, make_sample(other, n).voxels);
}

TEST_P(ToyShowers, DistortedSamplesDoNotShareRandomNumbersWithTheirReference) {
  const ToyCalorimeter plain(GetParam(), seed, {}, false);
  const ToyCalorimeter same(GetParam(), seed, {DistortionKind::depth_shift, 0.5}, false);
  const ToyCalorimeter distorted(GetParam(), seed, {DistortionKind::depth_shift, 0.5}, true);
  constexpr std::size_t n = 20;
  const ToySample reference = make_sample(plain, n);
  EXPECT_EQ(reference.voxels, make_sample(same, n).voxels);
  const ToySample generated = make_sample(distorted, n);
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_NE(reference.showers[i].incident_energy, generated.showers[i].incident_energy);
  }
}

INSTANTIATE_TEST_SUITE_P(Geometries, ToyShowers, testing::Values(ToyGeometryName::calogan, ToyGeometryName::ds2),
                         geometry_of);

}  // namespace
}  // namespace caloscope
