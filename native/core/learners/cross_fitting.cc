#include "core/learners/cross_fitting.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/learners/blocks.h"
#include "core/learners/shrunken_sum.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

void check(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan) {
  for (const auto& learner : plan.learners) validate(learner);
  if (reference.scalars() != generated.scalars() || reference.voxels() != generated.voxels()) {
    throw Error(ErrorCode::shape, "the reference sample has " + std::to_string(reference.columns()) +
                                      " columns, the generated sample " + std::to_string(generated.columns()));
  }
  if (reference.rows() + generated.rows() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::argument, "more than 2^32 showers in one training; train on a part of them");
  }
  if (plan.folds < 3 || plan.folds > 100 || plan.members < 1 || plan.members > 1000) {
    throw Error(ErrorCode::argument, "`folds` must be from 3 to 100, `members` from 1 to 1000");
  }
  if (!(plan.validation_fraction > 0 && plan.validation_fraction < 1)) {
    throw Error(ErrorCode::argument, "`validationFraction` must be above 0 and below 1");
  }
}

Precision precision_of(const std::vector<Learner>& learners) {
  for (const auto& learner : learners) {
    if (const auto* const networks = std::get_if<NetworkLearner>(&learner)) return networks->settings.precision;
  }
  return Precision::float32;
}

/// Logits of rows of both classes as fit_weighted_sum takes them: learners × rows.
struct ByClass {
  std::vector<std::vector<float>> columns[2];

  explicit ByClass(std::size_t learners) {
    for (auto& of_class : columns) of_class.resize(learners);
  }
  /// What `fit(logits)` gives.
  template <class Fit>
  auto fitted(const Fit& fit) const {
    std::vector<float> joined[2];
    for (const int label : {0, 1}) {
      for (const auto& column : columns[label]) joined[label].insert(joined[label].end(), column.begin(), column.end());
    }
    return fit(MemberLogits{columns[0].size(), joined[1], joined[0]});
  }
};

/// Fits the learners of a plan, pair of blocks by pair of blocks.
class Fitting {
 public:
  Fitting(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan, Backend& backend,
          JobControl& control)
      : plan_(plan),
        backend_(backend),
        control_(control),
        run_tiles_(tiles_on(backend.threads())),
        blocks_(reference.rows(), generated.rows(), plan),
        map_(fit_input_map({reference, generated}, plan.whiten, run_tiles_, control)),
        reference_(reference, map_, run_tiles_, control),
        generated_(generated, map_, run_tiles_, control) {
    for (const auto& learner : plan.learners) {
      if (fits(learner, reference_)) learners_.push_back(&learner);
    }
    if (learners_.empty()) throw Error(ErrorCode::argument, "no learner can read these columns");
  }

  CrossFitted run(CheckpointStore* store);

 private:
  void fit_members(CheckpointStore* store);
  void score_pair(std::size_t pair);
  ByClass outside(std::uint32_t block) const;
  std::vector<WeightedSum> sum_for_blocks(const std::vector<float>& mean, CrossFitted& result);
  std::vector<float> ratios_without(std::uint32_t block, const WeightedSum& sum, const std::vector<float>& mean) const;
  void leave_out_blocks(const std::vector<WeightedSum>& sums, double share, const std::vector<float>& mean,
                        CrossFitted& result) const;
  std::size_t members_of(const Learner& learner) const {
    return std::holds_alternative<NetworkLearner>(learner) ? plan_.members : 1;
  }
  std::size_t rows() const { return blocks_.all().size(); }
  /// Group of a member for a row of a block: the other block that it never saw.
  static std::size_t group_of(std::uint32_t block, std::uint32_t other) { return other < block ? other : other - 1; }

  const CrossFitting& plan_;
  Backend& backend_;
  JobControl& control_;
  TileRunner run_tiles_;
  Blocks blocks_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_ = blocks_.pairs();
  InputMap map_;
  MemberTables reference_, generated_;
  std::vector<const Learner*> learners_;
  std::vector<std::vector<std::vector<FittedMember>>> fitted_;  ///< learner, pair, members
  std::optional<GroupedLogits> logits_;
};

void Fitting::fit_members(CheckpointStore* store) {
  const FitContext context{backend_, control_, store,
                           split_identity(plan_.folds, plan_.members, plan_.validation_fraction)};
  for (const Learner* const learner : learners_) {
    const std::size_t each = members_of(*learner);
    std::vector<MemberTask> tasks;
    for (const auto& pair : pairs_) {
      for (std::size_t i = 0; i < each; ++i) {
        tasks.push_back(blocks_.task(pair, static_cast<std::uint32_t>(tasks.size()), plan_));
      }
    }
    auto members = fit(*learner, std::move(tasks), reference_, generated_, blocks_.labels(), context);
    auto next = std::make_move_iterator(members.begin());
    auto& of_learner = fitted_.emplace_back();
    for (std::size_t pair = 0; pair < pairs_.size(); ++pair, next += static_cast<std::ptrdiff_t>(each)) {
      of_learner.emplace_back(next, next + static_cast<std::ptrdiff_t>(each));
    }
  }
}

/// The rows of both blocks are scored by the members of the pair.
void Fitting::score_pair(std::size_t pair) {
  const auto [first, second] = pairs_[pair];
  std::vector<LearnedMember> members;
  for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
    for (const auto& fitted : fitted_[learner][pair]) members.push_back({fitted.member, name_of(*learners_[learner])});
  }
  const LoadedMembers loaded(members, backend_, precision_of(plan_.learners));
  const std::size_t in_reference = reference_.whitened().rows();
  for (const bool generated : {false, true}) {
    const std::size_t offset = generated ? in_reference : 0;
    const MemberTables& tables = generated ? generated_ : reference_;
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t row = 0; row < tables.whitened().rows(); ++row) {
      const auto block = blocks_.of(row + offset);
      if (block == first || block == second) chosen.push_back(row);
    }
    const auto said = loaded.logits(tables, chosen, backend_.threads(), control_);
    std::size_t member = 0;
    for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
      const std::size_t each = members_of(*learners_[learner]);
      for (std::size_t i = 0; i < each; ++i, ++member) {
        for (std::size_t place = 0; place < chosen.size(); ++place) {
          const std::size_t row = chosen[place] + offset;
          const auto other = blocks_.of(row) == first ? second : first;
          logits_->at(learner, group_of(blocks_.of(row), other), row) +=
              said[member * chosen.size() + place] / static_cast<float>(each);
        }
      }
    }
  }
}

/// What members that never saw a block say of the rows of the others, nor those rows.
ByClass Fitting::outside(std::uint32_t block) const {
  ByClass others(learners_.size());
  for (std::size_t row = 0; row < rows(); ++row) {
    if (blocks_.of(row) == block) continue;
    for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
      others.columns[blocks_.is_reference(row)][learner].push_back(
          logits_->at(learner, group_of(blocks_.of(row), block), row));
    }
  }
  return others;
}

/// Scores of each block, with weights from the rows of the other blocks as members say of them that saw neither. Returns the
/// sum of each block.
std::vector<WeightedSum> Fitting::sum_for_blocks(const std::vector<float>& mean, CrossFitted& result) {
  const std::size_t learners = learners_.size();
  std::vector<double> score(rows());
  std::vector<WeightedSum> sums;
  for (std::uint32_t block = 0; block < blocks_.count(); ++block) {
    const WeightedSum& sum = sums.emplace_back(outside(block).fitted([&](const MemberLogits& logits) {
      return fit_weighted_sum(logits, MemberWeights::non_negative, control_);
    }));
    for (std::size_t learner = 0; learner < learners; ++learner) {
      result.learners[learner].weight_of_block.push_back(sum.weights[learner]);
    }
    for (const std::uint32_t row : blocks_.rows_of(block)) {
      score[row] = sum.log_ratio(LogitsOfRow(mean.data() + row, learners, rows()));
    }
  }
  const auto end = score.begin() + static_cast<std::ptrdiff_t>(reference_.whitened().rows());
  result.reference.score.assign(score.begin(), end);
  result.generated.score.assign(end, score.end());
  // By label: where labels are permuted, so is what is tested.
  std::vector<double> of_class[2];
  std::vector<std::uint16_t> block_of_class[2];
  for (std::size_t row = 0; row < rows(); ++row) {
    of_class[blocks_.is_reference(row)].push_back(score[row]);
    block_of_class[blocks_.is_reference(row)].push_back(blocks_.of(row));
  }
  result.test = block_test({of_class[1], block_of_class[1]}, {of_class[0], block_of_class[0]}, blocks_.count());
  return sums;
}

/// ln w of all rows without a block, with the weights of `sum`.
std::vector<float> Fitting::ratios_without(std::uint32_t block, const WeightedSum& sum,
                                           const std::vector<float>& mean) const {
  std::vector<float> result(rows());
  for (std::size_t row = 0; row < rows(); ++row) {
    const std::uint32_t own = blocks_.of(row);
    const auto said = own == block ? LogitsOfRow(mean.data() + row, learners_.size(), rows())
                                   : logits_->of_row(group_of(own, block), row);
    result[row] = static_cast<float>(sum.log_ratio(said));
  }
  return result;
}

/// ln w without each block, whose weights are shrunk as those of all blocks are.
void Fitting::leave_out_blocks(const std::vector<WeightedSum>& sums, double share, const std::vector<float>& mean,
                               CrossFitted& result) const {
  for (std::uint32_t block = 0; block < blocks_.count(); ++block) {
    WeightedSum sum = sums[block];
    if (share > 0) {
      const auto best = outside(block).fitted(
          [&](const MemberLogits& logits) { return fit_weighted_sum(logits, MemberWeights::any, control_); });
      sum = between(std::move(sum), best, share);
    }
    const auto ratio = ratios_without(block, sum, mean);
    const auto end = ratio.begin() + static_cast<std::ptrdiff_t>(reference_.whitened().rows());
    result.reference.ratios_without.insert(result.reference.ratios_without.end(), ratio.begin(), end);
    result.generated.ratios_without.insert(result.generated.ratios_without.end(), end, ratio.end());
  }
}

CrossFitted Fitting::run(CheckpointStore* store) {
  fit_members(store);
  logits_.emplace(learners_.size(), plan_.folds - 1, rows());
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) score_pair(pair);

  CrossFitted result;
  for (const Learner* const learner : learners_) result.learners.push_back({name_of(*learner), {}});
  const auto mean = logits_->mean();
  const auto sums = sum_for_blocks(mean, result);
  ByClass all(learners_.size());
  for (std::size_t row = 0; row < rows(); ++row) {
    for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
      all.columns[blocks_.is_reference(row)][learner].push_back(mean[learner * rows() + row]);
    }
  }
  auto [sum, share] = all.fitted([&](const MemberLogits& logits) { return shrunken_sum(logits, sums, control_); });
  const LogRatios ratios = log_ratios(*logits_, mean, sum, run_tiles_, control_);
  const std::size_t in_reference = reference_.whitened().rows();
  const auto put = [&](HeldOutRows& held, std::size_t first, std::size_t count) {
    const auto from = [&](const auto& values, std::size_t offset) {
      return values.begin() + static_cast<std::ptrdiff_t>(offset + first);
    };
    const auto length = static_cast<std::ptrdiff_t>(count);
    held.fold.assign(from(blocks_.all(), 0), from(blocks_.all(), 0) + length);
    for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
      const auto start = from(mean, learner * rows());
      held.logits.insert(held.logits.end(), start, start + length);
    }
    held.ratios.value.assign(from(ratios.value, 0), from(ratios.value, 0) + length);
    held.ratios.error.assign(from(ratios.error, 0), from(ratios.error, 0) + length);
  };
  put(result.reference, 0, in_reference);
  put(result.generated, in_reference, rows() - in_reference);
  leave_out_blocks(sums, share, mean, result);
  result.reference.narrow_directions = reference_.narrow_directions();
  result.generated.narrow_directions = generated_.narrow_directions();

  std::vector<EnsembleMember> members;
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
    for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
      for (auto& fitted : fitted_[learner][pair]) {
        members.push_back({{fitted.member, result.learners[learner].name}, pairs_[pair].first, pairs_[pair].second});
        result.records.push_back(std::move(fitted.record));
      }
    }
  }
  result.ensemble = std::make_shared<const Ensemble>(std::move(map_), std::move(members), plan_.folds, std::move(sum));
  return result;
}

}  // namespace

CrossFitted cross_fit(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan,
                      Backend& backend, JobControl& control, CheckpointStore* store) {
  check(reference, generated, plan);
  return Fitting(reference, generated, plan, backend, control).run(store);
}

}  // namespace caloscope
