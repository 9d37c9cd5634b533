#include "core/learners/loaded_members.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/learners/dense_rows.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

/// The networks among the members, in their order.
std::vector<std::shared_ptr<const Network>> networks_of(const std::vector<LearnedMember>& members) {
  std::vector<std::shared_ptr<const Network>> networks;
  for (const auto& [member, learner] : members) {
    if (const auto* const network = std::get_if<Network>(member.get())) networks.emplace_back(member, network);
  }
  return networks;
}

/// What one member that is no network says of the rows.
struct ScoreOf {
  LearnerName learner;
  const MemberTables& tables;
  std::span<const std::uint32_t> rows;
  const TileRunner& run_tiles;
  const JobControl& control;

  DenseRows read(const FeatureTable& table, std::uint32_t columns) const {
    if (table.scalars() != columns) {
      throw Error(ErrorCode::shape, "the classifier takes " + std::to_string(columns) +
                                        " features, the sample gives " + std::to_string(table.scalars()));
    }
    return dense_rows(table, rows);
  }
  std::vector<float> operator()(const LogisticRegression& regression) const {
    const auto& table = learner == LearnerName::sparse ? tables.widened() : tables.whitened();
    return regression.logits(read(table, regression.inputs()), run_tiles, control);
  }
  std::vector<float> operator()(const BoostedTrees& trees) const {
    return score(trees, read(tables.widened(), trees.inputs()), run_tiles, control);
  }
  std::vector<float> operator()(const Network&) const { return {}; }
};

}  // namespace

LoadedMembers::LoadedMembers(std::vector<LearnedMember> members, Backend& backend, Precision precision)
    : members_(std::move(members)) {
  for (const auto& [member, learner] : members_) validate(*member);
  const auto networks = networks_of(members_);
  if (!networks.empty()) networks_ = backend.load(networks, precision);
}

std::vector<float> LoadedMembers::logits(const MemberTables& tables, std::span<const std::uint32_t> rows,
                                         unsigned threads, JobControl& control) const {
  std::vector<float> of_networks;
  if (networks_) of_networks = networks_->predict(tables.whitened(), rows, threads, control);
  const TileRunner run_tiles = tiles_on(threads);
  std::vector<float> result;
  result.reserve(members_.size() * rows.size());
  auto next_network = of_networks.begin();
  for (const auto& [member, learner] : members_) {
    if (std::holds_alternative<Network>(*member)) {
      const auto end = next_network + static_cast<std::ptrdiff_t>(rows.size());
      result.insert(result.end(), next_network, end);
      next_network = end;
    } else {
      const auto logits = std::visit(ScoreOf{learner, tables, rows, run_tiles, control}, *member);
      result.insert(result.end(), logits.begin(), logits.end());
    }
  }
  return result;
}

}  // namespace caloscope
