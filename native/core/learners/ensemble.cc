#include "core/learners/ensemble.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include "core/run/error.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::classifier, "the ensemble " + what); }

/// The members of each pair of blocks must be alike.
void require_pairs(const std::vector<EnsembleMember>& members, std::uint32_t blocks) {
  if (members.empty()) refuse("has no member");
  if (blocks <= 1) return;
  if (blocks < 3 || blocks > 100) refuse("does not have 3 to 100 blocks");
  const std::size_t pairs = std::size_t{blocks} * (blocks - 1) / 2;
  if (members.size() % pairs != 0) refuse("does not have as many members for each pair of blocks");
  const std::size_t of_pair = members.size() / pairs;
  std::size_t number = 0;
  for (std::uint32_t first = 0; first < blocks; ++first) {
    for (std::uint32_t second = first + 1; second < blocks; ++second) {
      for (std::size_t i = 0; i < of_pair; ++i, ++number) {
        const auto& member = members[number];
        if (member.first == first && member.second == second && member.learner == members[i].learner) continue;
        refuse("lacks a member for blocks " + std::to_string(first) + " and " + std::to_string(second));
      }
    }
  }
}

}  // namespace

std::vector<LearnerName> learners_of(std::span<const EnsembleMember> members) {
  std::vector<LearnerName> learners;
  for (const auto& member : members) {
    if (std::ranges::find(learners, member.learner) == learners.end()) learners.push_back(member.learner);
  }
  return learners;
}

Ensemble::Ensemble(InputMap map, std::vector<EnsembleMember> members, std::uint32_t blocks, WeightedSum sum)
    : map_(std::move(map)),
      members_(std::move(members)),
      blocks_(blocks),
      sum_(std::move(sum)),
      learners_(learners_of(members_)) {
  require_pairs(members_, blocks_);
  sum_.validate();
  if (sum_.weights.size() != learners_.size()) refuse("does not have one weight a learner");
  if (map_.whitening) map_.whitening->validate();
}

std::uint32_t Ensemble::inputs() const {
  std::uint32_t read = 0;
  for (const auto& member : members_) {
    if (std::holds_alternative<Network>(*member.member)) read = std::max(read, inputs_of(*member.member));
  }
  if (!map_.whitening) return std::max(read, inputs_of(*members_.front().member));
  return std::max(read, map_.whitening->directions()) - map_.whitening->directions() + map_.whitening->columns();
}

Ensemble::Scored Ensemble::score(const FeatureTable& table, Backend& backend, Precision precision,
                                 JobControl& control) const {
  const TileRunner run_tiles = tiles_on(backend.threads());
  const MemberTables tables(table, map_, run_tiles, control);
  std::vector<std::uint32_t> rows(table.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const auto of_members = loaded(backend, precision)->logits(tables, rows, backend.threads(), control);
  const GroupedLogits grouped = by_group(of_members, rows.size());
  Scored scored{grouped.mean(), {}};
  scored.ratios = log_ratios(grouped, scored.logits, sum_, run_tiles, control);
  if (blocks_ == 0) std::ranges::fill(scored.ratios.error, std::numeric_limits<double>::quiet_NaN());
  return scored;
}

/// A member belongs to the groups of both blocks that it never saw; without blocks, or with one, there is one group.
GroupedLogits Ensemble::by_group(const std::vector<float>& of_members, std::size_t rows) const {
  GroupedLogits grouped(learners_.size(), std::max(blocks_, 1U), rows);
  const std::size_t pairs = std::size_t{blocks_} * (blocks_ - std::min(blocks_, 1U)) / 2;
  for (std::size_t number = 0; number < members_.size(); ++number) {
    const auto& member = members_[number];
    const auto learner = static_cast<std::size_t>(std::ranges::find(learners_, member.learner) - learners_.begin());
    const auto alike = static_cast<float>(std::ranges::count(members_, member.learner, &EnsembleMember::learner));
    const auto add = [&](std::uint32_t group, float share) {
      for (std::size_t row = 0; row < rows; ++row) {
        grouped.at(learner, group, row) += share * of_members[number * rows + row];
      }
    };
    if (blocks_ <= 1) {
      add(0, 1 / alike);
      continue;
    }
    const float share = static_cast<float>(pairs) / (alike * static_cast<float>(blocks_ - 1));
    add(member.first, share);
    add(member.second, share);
  }
  return grouped;
}

std::shared_ptr<const LoadedMembers> Ensemble::loaded(Backend& backend, Precision precision) const {
  const std::lock_guard lock(mutex_);
  auto& loaded = loaded_[{backend.device(), precision}];
  if (!loaded) {
    const std::vector<LearnedMember> members(members_.begin(), members_.end());
    loaded = std::make_shared<const LoadedMembers>(members, backend, precision);
  }
  return loaded;
}

std::size_t Ensemble::bytes() const {
  std::size_t sum = 0;
  for (const auto& member : members_) sum += parameters_of(*member.member) * 2 * sizeof(float);
  return sum;
}

}  // namespace caloscope
