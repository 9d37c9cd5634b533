#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/learners/prepared_samples.h"
#include "core/run/worker_pool.h"

namespace caloscope {

/// Of tables that the caller keeps.
inline PreparedSamples prepared(const FeatureTable& reference, const FeatureTable& generated, bool whiten = true,
                                std::vector<double> weights = {}) {
  const auto borrowed = [](const FeatureTable& table) {
    return std::shared_ptr<const FeatureTable>(std::shared_ptr<const FeatureTable>(), &table);
  };
  JobControl control;
  return {borrowed(reference), borrowed(generated), std::move(weights), whiten, tiles_on(1), control};
}

}  // namespace caloscope
