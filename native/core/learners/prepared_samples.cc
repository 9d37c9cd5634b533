#include "core/learners/prepared_samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

void require_fit(const FeatureTable& reference, const FeatureTable& generated) {
  if (reference.scalars() != generated.scalars() || reference.voxels() != generated.voxels()) {
    throw Error(ErrorCode::shape, "the reference sample has " + std::to_string(reference.columns()) +
                                      " columns, the generated sample " + std::to_string(generated.columns()));
  }
  if (reference.rows() + generated.rows() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::argument, "more than 2^32 showers in one training; train on a part of them");
  }
}

/// Weights that are 1 on average in each sample.
std::vector<double> scaled(std::vector<double> weights, std::size_t in_reference, std::size_t in_generated) {
  if (weights.empty()) return weights;
  if (weights.size() != in_reference + in_generated) throw Error(ErrorCode::shape, "there is not one weight a row");
  const auto scale = [](std::span<double> sample, const char* name) {
    const auto bad = std::ranges::find_if(sample, [](double weight) { return !std::isfinite(weight); });
    if (bad != sample.end()) {
      throw Error(ErrorCode::non_finite, "the weight of row " + std::to_string(bad - sample.begin()) + " of the " + name +
                                             " sample is not a finite number");
    }
    const double sum = std::accumulate(sample.begin(), sample.end(), 0.0);
    if (!(sum > 0 && std::isfinite(sum))) {
      throw Error(ErrorCode::argument, std::string("the weights of the ") + name + " sample must have a sum above 0");
    }
    for (double& weight : sample) weight *= static_cast<double>(sample.size()) / sum;
  };
  scale(std::span(weights).first(in_reference), "reference");
  scale(std::span(weights).subspan(in_reference), "generated");
  return weights;
}

InputMap map_of(const LabelledRows& rows, bool whiten, const TileRunner& run_tiles, JobControl& control) {
  require_fit(rows.reference, rows.generated);
  return fit_input_map(rows, whiten, run_tiles, control);
}

}  // namespace

PreparedSamples::PreparedSamples(Table reference, Table generated, std::vector<double> weights, bool whiten,
                                 const TileRunner& run_tiles, JobControl& control)
    : tables_(std::move(reference), std::move(generated)),
      weights_(scaled(std::move(weights), tables_.first->rows(), tables_.second->rows())),
      map_(map_of(given(), whiten, run_tiles, control)),
      reference_(*tables_.first, map_, run_tiles, control),
      generated_(*tables_.second, map_, run_tiles, control) {}

std::size_t PreparedSamples::bytes() const {
  std::size_t sum = weights_.size() * sizeof(double);
  for (const auto* tables : {&reference_, &generated_}) {
    if (map_.whitening) sum += tables->whitened().bytes();
    if (map_.narrow() > 0) sum += tables->widened().bytes();
  }
  return sum;
}

}  // namespace caloscope
