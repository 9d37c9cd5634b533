#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/run/worker_pool.h"
#include "core/toys/toy_showers.h"

namespace caloscope {

/// Toy showers held in memory, for tests.
struct ToySample {
  std::size_t voxels_per_shower = 0;
  std::vector<ToyShower> showers;
  std::vector<float> voxels;

  const float* row(std::size_t i) const { return voxels.data() + i * voxels_per_shower; }
};

inline ToySample make_sample(const ToyCalorimeter& calorimeter, std::size_t n, unsigned threads = 2) {
  const std::size_t width = calorimeter.geometry().voxels;
  ToySample sample{width, std::vector<ToyShower>(n), std::vector<float>(n * width)};
  std::vector<ToyCalorimeter::Scratch> scratch(threads, calorimeter.scratch());
  WorkerPool pool(threads);
  pool.run(n, [&](std::size_t i, unsigned worker) {
    sample.showers[i] = calorimeter.make(i, {sample.voxels.data() + i * width, width}, scratch[worker]);
  });
  return sample;
}

/// A distorted sample uses the random numbers of seed ^ 2^63: an undistorted one with this seed is its twin, shower by
/// shower, but for the distortion.
inline std::uint64_t twin(std::uint64_t seed) { return seed ^ 0x8000000000000000; }

/// Name of a parametrised test.
inline std::string geometry_of(const testing::TestParamInfo<ToyGeometryName>& test) {
  return std::string(name_of(test.param));
}

inline double layer_energy(const ToyGeometry& geometry, const float* voxels, std::size_t layer) {
  const ToyLayer& l = geometry.layers[layer];
  double sum = 0;
  for (std::size_t i = 0; i < l.rows * l.columns; ++i) sum += static_cast<double>(voxels[l.first_voxel + i]);
  return sum;
}

inline std::array<double, toy_sections> section_energies(const ToyGeometry& geometry, const float* voxels) {
  std::array<double, toy_sections> energies{};
  for (std::size_t layer = 0; layer < geometry.layers.size(); ++layer) {
    energies[geometry.section_of_layer[layer]] += layer_energy(geometry, voxels, layer);
  }
  return energies;
}

}  // namespace caloscope
