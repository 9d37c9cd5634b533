#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/backend.h"
#include "core/learners/input_map.h"
#include "core/learners/member.h"

namespace caloscope {

/// Members that are scored together. They do not change, and live as long as something uses them.
using Members = std::span<const std::shared_ptr<const Member>>;

/// Members that are ready to score: networks are packed, or on a device.
class LoadedMembers {
 public:
  /// Throws Error(classifier) or Error(non_finite) for an unsound member.
  LoadedMembers(Members members, Backend& backend, Precision precision);

  /// members × rows, of the listed rows. Throws Error(shape) unless the members read such tables.
  std::vector<float> logits(const MemberTables& tables, std::span<const std::uint32_t> rows, unsigned threads,
                            JobControl& control) const;

 private:
  std::vector<std::shared_ptr<const Member>> members_;
  std::shared_ptr<const Predictor> networks_;  ///< null: there are none
};

}  // namespace caloscope
