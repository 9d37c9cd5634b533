#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/learners/networks.h"
#include "core/run/random.h"
#include "test/support/small_samples.h"

namespace caloscope {

/// Voxels, the inputs after the scalars, are not centred.
inline Network random_network(const FeatureTable& table, std::vector<std::uint32_t> hidden, Activation activation) {
  const std::uint32_t inputs = table.columns();
  Network network = initial_network({inputs, std::move(hidden), activation, 0.2F}, 17, 3);
  RandomStream random(18, 0);
  for (std::uint32_t column = 0; column < inputs; ++column) {
    const auto centre = static_cast<float>(random.normal());
    network.standardisation.centre.push_back(column < table.scalars() ? centre : 0);
    // Some columns were constant in training.
    network.standardisation.clip.push_back(static_cast<float>(1 + random.uniform()));
    network.standardisation.scale.push_back(column % 5 == 4 ? 0 : static_cast<float>(random.uniform() + 0.2));
  }
  return network;
}

/// Networks as the members of an ensemble.
inline std::vector<std::shared_ptr<const Network>> shared(std::vector<Network> networks) {
  std::vector<std::shared_ptr<const Network>> result;
  for (auto& network : networks) result.push_back(std::make_shared<const Network>(std::move(network)));
  return result;
}

/// Matrices and showers of few and of many hits.
inline std::vector<FeatureTable> tables() {
  std::vector<FeatureTable> list;
  list.push_back(gaussian_matrix(200, 3, 0.5, 1));
  list.push_back(gaussian_matrix(200, 70, 0.5, 2));
  list.push_back(features_of(random_showers(12, 200, 3), FeatureSetName::low));
  list.push_back(features_of(random_showers(12, 200, 4, 1, 0.5), FeatureSetName::low_normalised));
  return list;
}

}  // namespace caloscope
