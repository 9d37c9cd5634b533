#include "core/learners/prepared_samples.h"

#include <limits>
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

InputMap map_of(const LabelledRows& rows, bool whiten, const TileRunner& run_tiles, JobControl& control) {
  require_fit(rows.reference, rows.generated);
  return fit_input_map(rows, whiten, run_tiles, control);
}

}  // namespace

PreparedSamples::PreparedSamples(Table reference, Table generated, bool whiten, const TileRunner& run_tiles,
                                 JobControl& control)
    : tables_(std::move(reference), std::move(generated)),
      map_(map_of(given(), whiten, run_tiles, control)),
      reference_(*tables_.first, map_, run_tiles, control),
      generated_(*tables_.second, map_, run_tiles, control) {}

std::size_t PreparedSamples::bytes() const {
  std::size_t sum = 0;
  for (const auto* tables : {&reference_, &generated_}) {
    if (map_.whitening) sum += tables->whitened().bytes();
    if (map_.narrow() > 0) sum += tables->widened().bytes();
  }
  return sum;
}

}  // namespace caloscope
