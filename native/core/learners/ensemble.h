#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/learners/member.h"

namespace caloscope {

/// Members that read the same columns and are scored together.
class Ensemble {
 public:
  explicit Ensemble(std::vector<std::shared_ptr<const Member>> members) : members_(std::move(members)) {}

  const std::vector<std::shared_ptr<const Member>>& members() const { return members_; }

  /// Loaded on first use and kept: weights are packed once, however many samples are scored.
  const Predictor& predictor(Backend& backend, Precision precision) const {
    const std::lock_guard lock(mutex_);
    auto& predictor = predictors_[{backend.device(), precision}];
    if (!predictor) predictor = backend.load(members_, precision);
    return *predictor;
  }

  /// Of the members and of their packed copy.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& member : members_) sum += parameters_of(*member) * 2 * sizeof(float);
    return sum;
  }

 private:
  std::vector<std::shared_ptr<const Member>> members_;
  mutable std::mutex mutex_;
  mutable std::map<std::pair<std::string, Precision>, std::shared_ptr<const Predictor>> predictors_;
};

}  // namespace caloscope
