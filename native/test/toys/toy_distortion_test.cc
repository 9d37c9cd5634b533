#include "core/toys/toy_distortion.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/run/error.h"
#include "core/run/names.h"
#include "test/support/toy_samples.h"

namespace caloscope {
namespace {

constexpr std::uint64_t seed = 23;
constexpr std::size_t showers = 300;

ToySample undistorted(ToyGeometryName geometry, std::size_t n = showers) {
  return make_sample(ToyCalorimeter(geometry, twin(seed), {}, false), n);
}

ToySample distorted(ToyGeometryName geometry, DistortionKind kind, double strength, std::size_t n = showers) {
  return make_sample(ToyCalorimeter(geometry, seed, {kind, strength}, true), n);
}

void expect_same_incident_energies(const ToySample& a, const ToySample& b) {
  for (std::size_t i = 0; i < a.showers.size(); ++i) {
    ASSERT_EQ(a.showers[i].incident_energy, b.showers[i].incident_energy);
  }
}

class ToyDistortion : public testing::TestWithParam<ToyGeometryName> {
 protected:
  const ToyGeometry& geometry = toy_geometry(GetParam());
};

TEST_P(ToyDistortion, EnergyScaleMultipliesEveryVoxel) {
  const ToySample plain = undistorted(GetParam());
  const ToySample scaled = distorted(GetParam(), DistortionKind::energy_scale, 0.25);
  expect_same_incident_energies(plain, scaled);
  for (std::size_t i = 0; i < plain.voxels.size(); ++i) {
    ASSERT_NEAR(scaled.voxels[i], 1.25F * plain.voxels[i], 1e-6F * plain.voxels[i]);
  }
}

/// Energy-weighted mean square distance from the axis, in units that do not matter.
double square_radius(const ToyGeometry& geometry, const float* voxels) {
  double sum = 0, moment = 0;
  for (const ToyLayer& layer : geometry.layers) {
    for (std::size_t i = 0; i < layer.rows * layer.columns; ++i) {
      const auto column = static_cast<double>(i % layer.columns) + 0.5;
      const double x = geometry.cylindrical ? column : 2 * column / static_cast<double>(layer.columns) - 1;
      const auto energy = static_cast<double>(voxels[layer.first_voxel + i]);
      sum += energy;
      moment += energy * x * x;
    }
  }
  return moment / sum;
}

TEST_P(ToyDistortion, WidthMovesEnergyOutwardsAndKeepsSectionEnergies) {
  const ToySample plain = undistorted(GetParam());
  const ToySample wide = distorted(GetParam(), DistortionKind::width, 0.3);
  expect_same_incident_energies(plain, wide);
  double before = 0, after = 0;
  for (std::size_t i = 0; i < showers; ++i) {
    const auto a = section_energies(geometry, plain.row(i));
    const auto b = section_energies(geometry, wide.row(i));
    for (std::size_t s = 0; s < toy_sections; ++s) ASSERT_NEAR(b[s], a[s], 1e-5 * a[s]);
    before += square_radius(geometry, plain.row(i));
    after += square_radius(geometry, wide.row(i));
  }
  // Radii grow by 1.3; coarse cells and the edge of the face hide some of it.
  EXPECT_GT(after / before, 1.25);
  EXPECT_LT(after / before, 1.69);
}

TEST_P(ToyDistortion, MissingTailReplacesTheLateShowersAlone) {
  constexpr double share = 0.2;
  constexpr double cut = 0.8416212335729143;  // 80 % quantile of the normal distribution
  constexpr std::size_t n = 1000;
  // Strength 1: the log ratio ½ - z gives z.
  const ToySample plain =
      make_sample(ToyCalorimeter(GetParam(), twin(seed), {DistortionKind::depth_shift, 1}, false), n);
  const ToySample cut_off = distorted(GetParam(), DistortionKind::missing_tail, share, n);
  expect_same_incident_energies(plain, cut_off);
  std::size_t late = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const bool is_late = 0.5 - plain.showers[i].log_density_ratio > cut;
    late += is_late;
    const bool same = std::equal(plain.row(i), plain.row(i) + plain.voxels_per_shower, cut_off.row(i));
    EXPECT_EQ(same, !is_late);
    if (is_late) {
      const auto a = section_energies(geometry, plain.row(i));
      const auto b = section_energies(geometry, cut_off.row(i));
      EXPECT_GT(b[0], a[0]);  // same α, response and incident energy, smaller T: more energy in front
    }
  }
  EXPECT_NEAR(static_cast<double>(late) / n, share, 5 * std::sqrt(share * (1 - share) / n));
}

TEST_P(ToyDistortion, NoiseIsZeroSuppressedAtTwoSigma) {
  constexpr float sigma = 0.1F;
  const ToySample plain = undistorted(GetParam());
  const ToySample noisy = distorted(GetParam(), DistortionKind::noise, static_cast<double>(sigma));
  expect_same_incident_energies(plain, noisy);
  double lit = 0, empty = 0, difference = 0, square = 0, strong = 0;
  for (std::size_t i = 0; i < plain.voxels.size(); ++i) {
    const float a = plain.voxels[i];
    const float b = noisy.voxels[i];
    ASSERT_TRUE(b == 0 || b >= 2 * sigma);
    if (a == 0) {
      ++empty;
      lit += b > 0;
    } else if (a > 1) {
      ++strong;
      difference += static_cast<double>(b - a);
      square += static_cast<double>((b - a) * (b - a));
    }
  }
  EXPECT_NEAR(lit / empty, 0.0227501, 5 * std::sqrt(0.0227501 / empty));
  EXPECT_NEAR(difference / strong, 0, 5 * static_cast<double>(sigma) / std::sqrt(strong));
  EXPECT_NEAR(std::sqrt(square / strong), static_cast<double>(sigma), 0.002);
}

TEST_P(ToyDistortion, DeadVoxelsAreTheSameInEveryShowerAndForEverySeed) {
  const ToySample plain = undistorted(GetParam());
  const ToySample holes = distorted(GetParam(), DistortionKind::dead_voxels, 0.1);
  const auto dead = dead_voxels(geometry.voxels, 0.1);
  const auto more = dead_voxels(geometry.voxels, 0.2);
  const auto total = static_cast<double>(std::accumulate(dead.begin(), dead.end(), 0));
  EXPECT_NEAR(total / static_cast<double>(geometry.voxels), 0.1, 0.04);
  for (std::size_t v = 0; v < geometry.voxels; ++v) EXPECT_LE(dead[v], more[v]);
  for (std::size_t i = 0; i < plain.voxels.size(); ++i) {
    ASSERT_EQ(holes.voxels[i], dead[i % geometry.voxels] ? 0 : plain.voxels[i]);
  }
}

TEST_P(ToyDistortion, OverSmoothingMovesEnergyToNeighboursWithinTheLayer) {
  std::vector<double> voxels(geometry.voxels), scratch(geometry.voxels);
  const ToyLayer& layer = geometry.layers[1];
  const auto at = [&](std::size_t row, std::size_t column) -> double& {
    return voxels[layer.first_voxel + row * layer.columns + column];
  };
  at(0, 0) = 8;
  at(5, 4) = 4;
  smooth(geometry, 0.5, voxels, scratch);
  EXPECT_DOUBLE_EQ(at(5, 4), 2);
  for (const double neighbour : {at(4, 4), at(6, 4), at(5, 3), at(5, 5)}) EXPECT_DOUBLE_EQ(neighbour, 0.5);
  EXPECT_DOUBLE_EQ(at(0, 1), 1);
  EXPECT_DOUBLE_EQ(at(1, 0), 1);
  // In the corner, two shares stay; where the azimuth is periodic, one.
  EXPECT_DOUBLE_EQ(at(0, 0), geometry.cylindrical ? 5 : 6);
  EXPECT_DOUBLE_EQ(at(layer.rows - 1, 0), geometry.cylindrical ? 1 : 0);
  EXPECT_DOUBLE_EQ(std::accumulate(voxels.begin(), voxels.end(), 0.0), 12);

  const ToySample plain = undistorted(GetParam());
  const ToySample smooth_sample = distorted(GetParam(), DistortionKind::over_smoothing, 0.3);
  expect_same_incident_energies(plain, smooth_sample);
  double hits = 0, smooth_hits = 0;
  for (std::size_t i = 0; i < showers; ++i) {
    const auto a = section_energies(geometry, plain.row(i));
    const auto b = section_energies(geometry, smooth_sample.row(i));
    const double before = std::accumulate(a.begin(), a.end(), 0.0);
    const double after = std::accumulate(b.begin(), b.end(), 0.0);
    ASSERT_NEAR(after, before, (geometry.threshold > 0 ? 0.02 : 1e-6) * before);
  }
  for (const float voxel : plain.voxels) hits += voxel > 0;
  for (const float voxel : smooth_sample.voxels) smooth_hits += voxel > 0;
  EXPECT_GT(smooth_hits, 1.1 * hits);
}

INSTANTIATE_TEST_SUITE_P(Geometries, ToyDistortion, testing::Values(ToyGeometryName::calogan, ToyGeometryName::ds2),
                         geometry_of);

TEST(ToyDistortionNames, AreKnownAndStrengthsHaveRanges) {
  for (const auto* name : {"none", "energy-scale", "width", "missing-tail", "noise", "dead-voxels", "over-smoothing",
                           "depth-shift"}) {
    check_distortion({value_named<DistortionKind>(name).value(), 0.5});
  }
  EXPECT_FALSE(value_named<DistortionKind>("blur"));
  EXPECT_THROW(check_distortion({DistortionKind::energy_scale, -1}), Error);
  EXPECT_THROW(check_distortion({DistortionKind::missing_tail, 1}), Error);
  EXPECT_THROW(check_distortion({DistortionKind::noise, -0.1}), Error);
  EXPECT_THROW(check_distortion({DistortionKind::depth_shift, std::nan("")}), Error);
  EXPECT_THROW(ToyCalorimeter(ToyGeometryName::ds2, 1, {DistortionKind::over_smoothing, 1.5}, true), Error);
}

}  // namespace
}  // namespace caloscope
