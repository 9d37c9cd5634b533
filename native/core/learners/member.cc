#include "core/learners/member.h"

#include <algorithm>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

void require_empty_voxels(const Network& network, const FeatureTable& table) {
  const auto& centre = network.standardisation.centre;
  if (std::any_of(centre.begin() + table.scalars(), centre.end(), [](float x) { return x != 0; })) {
    throw Error(ErrorCode::classifier, "the standardisation shifts voxels; an empty voxel must stay 0");
  }
}

}  // namespace

void validate(Members members) {
  for (const auto& member : members) std::visit([](const auto& kind) { kind.validate(); }, *member);
}

void require_fit(Members members, const FeatureTable& table) {
  for (const auto& member : members) {
    if (inputs_of(*member) != table.columns()) {
      throw Error(ErrorCode::shape, "the classifier takes " + std::to_string(inputs_of(*member)) +
                                        " features, the sample gives " + std::to_string(table.columns()));
    }
    std::visit([&](const auto& kind) { require_empty_voxels(kind, table); }, *member);
  }
}

}  // namespace caloscope
