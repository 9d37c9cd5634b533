#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "core/networks/network.h"
#include "core/samples/feature_table.h"

namespace caloscope {

/// A classifier of an ensemble. Each kind has `inputs`, `parameters`, `validate` and `for_each_tensor` as Network has, and
/// every backend scores it (Backend::load).
using Member = std::variant<Network>;

/// Members that are scored together. They do not change, and live as long as something uses them.
using Members = std::span<const std::shared_ptr<const Member>>;

inline std::uint32_t inputs_of(const Member& member) {
  return std::visit([](const auto& kind) { return kind.inputs(); }, member);
}

inline std::uint64_t parameters_of(const Member& member) {
  return std::visit([](const auto& kind) { return kind.parameters(); }, member);
}

/// Throws Error(classifier) or Error(non_finite) for an unsound member.
void validate(Members members);

/// Throws Error(shape) unless all members take the columns of the table, Error(classifier) where one would turn an empty
/// voxel into something else than 0.
void require_fit(Members members, const FeatureTable& table);

}  // namespace caloscope
