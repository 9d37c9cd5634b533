#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/learners/grouped_logits.h"
#include "core/learners/input_map.h"
#include "core/learners/learner_name.h"
#include "core/learners/loaded_members.h"
#include "core/learners/weighted_sum.h"

namespace caloscope {

/// A member and the two blocks of rows that it never saw, first < second.
struct EnsembleMember : LearnedMember {
  std::uint32_t first = 0, second = 0;
};

/// ln(p_ref/p_gen) as a weighted sum over learners, each the mean of its members.
class Ensemble {
 public:
  /// Members stand pair of blocks by pair of blocks, all pairs of `blocks` blocks alike; 1 block is a split: all
  /// were fitted to the same rows; with 0 blocks nothing is known of how they were trained. `sum` has a weight for each learner, in the order of the members of a pair.
  /// Throws Error(classifier) where that does not hold.
  Ensemble(InputMap map, std::vector<EnsembleMember> members, std::uint32_t blocks, WeightedSum sum);

  const InputMap& map() const { return map_; }
  const std::vector<EnsembleMember>& members() const { return members_; }
  std::uint32_t blocks() const { return blocks_; }
  /// In the order of the weights of the sum.
  const std::vector<LearnerName>& learners() const { return learners_; }
  const WeightedSum& sum() const { return sum_; }
  /// Columns of the samples that it scores.
  std::uint32_t inputs() const;

  struct Scored {
    std::vector<float> logits;  ///< learners × rows, the mean over the members
    LogRatios ratios;           ///< errors are NaN without blocks
  };
  /// Of all rows of a table. Networks are packed on first use and kept, however many samples are scored.
  /// Throws Error(shape) for a table of other columns.
  Scored score(const FeatureTable& table, Backend& backend, Precision precision, JobControl& control) const;

  /// Of the members and of their packed copy.
  std::size_t bytes() const;

 private:
  GroupedLogits by_group(const std::vector<float>& of_members, std::size_t rows) const;
  std::shared_ptr<const LoadedMembers> loaded(Backend& backend, Precision precision) const;

  InputMap map_;
  std::vector<EnsembleMember> members_;
  std::uint32_t blocks_;
  WeightedSum sum_;
  std::vector<LearnerName> learners_;
  mutable std::mutex mutex_;
  mutable std::map<std::pair<std::string, Precision>, std::shared_ptr<const LoadedMembers>> loaded_;
};

/// Numbers of learners, each once, in the order in which they first come: of members of one pair.
std::vector<LearnerName> learners_of(std::span<const EnsembleMember> members);

}  // namespace caloscope
