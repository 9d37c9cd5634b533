#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/networks/network.h"

namespace caloscope {

/// Networks that read the same columns and are asked together. They do not change.
class Ensemble {
 public:
  explicit Ensemble(std::vector<Network> networks) : networks_(std::move(networks)) {}

  const std::vector<Network>& networks() const { return networks_; }

  /// Loaded on first use and kept: weights are packed once, however many samples are judged.
  const Predictor& predictor(Backend& backend, Precision precision) const {
    const std::lock_guard lock(mutex_);
    auto& predictor = predictors_[{backend.device(), precision}];
    if (!predictor) predictor = backend.load(networks_, precision);
    return *predictor;
  }

  /// Of the networks and of their packed copy.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& network : networks_) sum += network.parameters() * 2 * sizeof(float);
    return sum;
  }

 private:
  std::vector<Network> networks_;
  mutable std::mutex mutex_;
  mutable std::map<std::pair<std::string, Precision>, std::shared_ptr<const Predictor>> predictors_;
};

}  // namespace caloscope
