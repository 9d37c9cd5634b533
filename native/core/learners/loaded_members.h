#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/backend.h"
#include "core/learners/input_map.h"
#include "core/learners/learner_name.h"
#include "core/learners/member.h"

namespace caloscope {

/// A member with its learner, which says what the member reads. It does not change, and lives as long as something uses it.
struct LearnedMember {
  std::shared_ptr<const Member> member;
  LearnerName learner;
};

/// Members that are ready to score: networks are packed, or on a device.
class LoadedMembers {
 public:
  /// Throws Error(classifier) or Error(non_finite) for an unsound member.
  LoadedMembers(std::vector<LearnedMember> members, Backend& backend, Precision precision);

  /// members × rows, of the listed rows. Throws Error(shape) unless the members read such tables.
  std::vector<float> logits(const MemberTables& tables, std::span<const std::uint32_t> rows, unsigned threads,
                            JobControl& control) const;

 private:
  std::vector<LearnedMember> members_;
  std::shared_ptr<const Predictor> networks_;  ///< null: there are none
};

}  // namespace caloscope
