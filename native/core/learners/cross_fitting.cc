#include "core/learners/cross_fitting.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/learners/blocks.h"
#include "core/learners/mean_weight_error.h"
#include "core/learners/shrunken_sum.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

Precision precision_of(const std::vector<Learner>& learners) {
  for (const auto& learner : learners) {
    if (const auto* const networks = std::get_if<NetworkLearner>(&learner)) return networks->settings.precision;
  }
  return Precision::float32;
}

/// Fits the learners of a plan, pair of blocks by pair of blocks.
class Fitting {
 public:
  Fitting(const PreparedSamples& samples, const CrossFitting& plan, Backend& backend, JobControl& control)
      : plan_(plan),
        backend_(backend),
        control_(control),
        samples_(samples),
        reference_(samples.reference()),
        generated_(samples.generated()),
        blocks_(reference_.whitened().rows(), generated_.whitened().rows(), plan) {
    for (const auto& learner : plan.learners) {
      if (fits(learner, reference_)) learners_.push_back(&learner);
    }
    if (learners_.empty()) throw Error(ErrorCode::argument, "no learner can read these columns");
  }

  /// The test alone.
  BlockTest test();
  CrossFitted run(CheckpointStore* store);
  SharedFits fit(const FitShare& share, CheckpointStore* store);
  CrossFitted run_with(std::vector<FittedMember> members);

 private:
  std::size_t members() const;
  std::vector<MemberTask> tasks_of(const Learner& learner) const;
  FitContext context(CheckpointStore* store) { return {backend_, control_, store, identity_of(plan_)}; }
  void fit_members(CheckpointStore* store);
  void take(const Learner& learner, std::span<FittedMember> members);
  void score_pair(std::size_t pair);
  void score_members();
  CrossFitted result();
  std::vector<double> scores(const std::vector<float>& mean);
  BlockTest test_of(const std::vector<double>& score) const;
  HeldOutRows held_out(bool generated, const std::vector<float>& mean, const std::vector<double>& score,
                       const LogRatios& ratios) const;
  template <class Chosen, class Said>
  FittedRows fitted_rows(const Chosen& chosen, const Said& said) const;
  FittedRows outside(std::uint32_t block) const;
  std::vector<float> ratios_without(std::uint32_t block, const WeightedSum& sum, const std::vector<float>& mean) const;
  void mean_errors(const LogRatios& ratios, const std::vector<float>& mean, const FittedRows& all, const WeightedSum& best,
                   double share, CrossFitted& result) const;
  void leave_out_blocks(double share, const std::vector<float>& mean, CrossFitted& result) const;
  std::size_t members_of(const Learner& learner) const {
    return std::holds_alternative<NetworkLearner>(learner) ? plan_.members : 1;
  }
  std::size_t rows() const { return blocks_.all().size(); }

  const CrossFitting& plan_;
  Backend& backend_;
  JobControl& control_;
  const PreparedSamples& samples_;
  const MemberTables &reference_, &generated_;
  Blocks blocks_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_ = blocks_.pairs();
  std::vector<const Learner*> learners_;
  std::vector<std::vector<std::vector<FittedMember>>> fitted_;  ///< learner, pair, members
  std::optional<GroupedLogits> logits_;
  std::vector<WeightedSum> sums_;     ///< as they were fitted, one a tested block
  std::vector<WeightedSum> scoring_;  ///< of the scores
};

std::size_t Fitting::members() const {
  std::size_t count = 0;
  for (const Learner* const learner : learners_) count += pairs_.size() * members_of(*learner);
  return count;
}

std::vector<MemberTask> Fitting::tasks_of(const Learner& learner) const {
  std::vector<MemberTask> tasks;
  for (const auto& pair : pairs_) {
    for (std::size_t i = 0; i < members_of(learner); ++i) {
      tasks.push_back(blocks_.task(pair, static_cast<std::uint32_t>(tasks.size()), plan_));
    }
  }
  return tasks;
}

void Fitting::fit_members(CheckpointStore* store) {
  for (const Learner* const learner : learners_) {
    auto members = caloscope::fit(*learner, tasks_of(*learner), samples_, blocks_.labels(), context(store));
    take(*learner, members);
  }
}

SharedFits Fitting::fit(const FitShare& share, CheckpointStore* store) {
  SharedFits result{members(), {}};
  std::size_t before = 0;
  for (const Learner* const learner : learners_) {
    std::vector<MemberTask> chosen;
    std::vector<std::size_t> numbers;
    auto tasks = tasks_of(*learner);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const std::size_t number = before + i;
      if (!share.has(number)) continue;
      numbers.push_back(number);
      chosen.push_back(std::move(tasks[i]));
    }
    before += tasks.size();
    if (chosen.empty()) continue;
    auto fitted = caloscope::fit(*learner, std::move(chosen), samples_, blocks_.labels(), context(store));
    for (std::size_t i = 0; i < fitted.size(); ++i) {
      result.fits.push_back({numbers[i], name_of(*learner), std::move(fitted[i])});
    }
  }
  return result;
}

/// Members of the next learner, pair by pair.
void Fitting::take(const Learner& learner, std::span<FittedMember> members) {
  auto& of_learner = fitted_.emplace_back();
  auto next = std::make_move_iterator(members.begin());
  const auto each = static_cast<std::ptrdiff_t>(members_of(learner));
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair, next += each) of_learner.emplace_back(next, next + each);
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
          logits_->at(learner, blocks_.group_of(blocks_.of(row), other), row) +=
              said[member * chosen.size() + place] / static_cast<float>(each);
        }
      }
    }
  }
}

/// Rows that sums are fitted to and that are chosen, and what learners say of them.
template <class Chosen, class Said>
FittedRows Fitting::fitted_rows(const Chosen& chosen, const Said& said) const {
  FittedRows result;
  for (const bool reference : {true, false}) {
    const std::size_t first = result.rows.size();
    for (std::uint32_t row = 0; row < rows(); ++row) {
      if (blocks_.is_reference(row) == reference && blocks_.fits_sums(row) && chosen(row)) result.rows.push_back(row);
    }
    auto& logits = reference ? result.reference : result.generated;
    for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
      for (std::size_t i = first; i < result.rows.size(); ++i) logits.push_back(said(learner, result.rows[i]));
    }
  }
  if (samples_.weights().empty()) return result;
  for (const std::uint32_t row : result.rows) result.weights.push_back(samples_.weights()[row]);
  return result;
}

/// What members that never saw a block say of the rows of the others, nor those rows.
FittedRows Fitting::outside(std::uint32_t block) const {
  return fitted_rows([&](std::uint32_t row) { return blocks_.of(row) != block; },
                     [&](std::size_t learner, std::uint32_t row) {
                       return logits_->at(learner, blocks_.group_of(blocks_.of(row), block), row);
                     });
}

/// The sum of a split, or the mean of the learners where none of them has a weight: scores that are all equal would be no test,
/// in half of the null pairs, and z not of variance 1. The rows that are tested have no say in it.
WeightedSum never_blind(WeightedSum sum) {
  const auto none = [](double weight) { return weight == 0; };
  if (!std::ranges::all_of(sum.weights, none)) return sum;
  std::ranges::fill(sum.weights, 1 / static_cast<double>(sum.weights.size()));
  return sum;
}

/// Of the rows of each tested block, with weights from the rows of other blocks as members say of them that saw neither.
std::vector<double> Fitting::scores(const std::vector<float>& mean) {
  const std::size_t learners = learners_.size();
  std::vector<double> score(rows());
  for (const std::uint32_t block : blocks_.tested()) {
    sums_.push_back(fit_weighted_sum(outside(block).logits(learners), MemberWeights::non_negative, control_));
    const WeightedSum& sum = scoring_.emplace_back(plan_.split ? never_blind(sums_.back()) : sums_.back());
    for (const std::uint32_t row : blocks_.rows_of(block)) {
      score[row] = sum.log_ratio(LogitsOfRow(mean.data() + row, learners, rows()));
    }
  }
  return score;
}

/// By label: where labels are permuted, so is what is tested.
BlockTest Fitting::test_of(const std::vector<double>& score) const {
  const auto tested = blocks_.tested();
  std::vector<double> of_class[2], weight_of_class[2];
  std::vector<std::uint16_t> block_of_class[2];
  for (std::size_t row = 0; row < rows(); ++row) {
    if (!blocks_.is_tested(row)) continue;
    of_class[blocks_.is_reference(row)].push_back(score[row]);
    block_of_class[blocks_.is_reference(row)].push_back(static_cast<std::uint16_t>(blocks_.of(row) - tested.front()));
    if (!samples_.weights().empty()) weight_of_class[blocks_.is_reference(row)].push_back(samples_.weights()[row]);
  }
  return block_test({of_class[1], block_of_class[1], weight_of_class[1]},
                    {of_class[0], block_of_class[0], weight_of_class[0]}, static_cast<std::uint32_t>(tested.size()));
}

HeldOutRows Fitting::held_out(bool generated, const std::vector<float>& mean, const std::vector<double>& score,
                              const LogRatios& ratios) const {
  const MemberTables& tables = generated ? generated_ : reference_;
  const std::size_t offset = generated ? reference_.whitened().rows() : 0;
  const std::size_t in_sample = tables.whitened().rows();
  const auto first_tested = blocks_.tested().front();
  HeldOutRows held;
  for (std::uint32_t row = 0; row < in_sample; ++row) {
    if (!blocks_.is_tested(row + offset)) continue;
    held.rows.push_back(row);
    held.fold.push_back(static_cast<std::uint16_t>(blocks_.of(row + offset) - first_tested));
    held.score.push_back(score[row + offset]);
    held.ratios.value.push_back(ratios.value[row + offset]);
    held.ratios.error.push_back(ratios.error[row + offset]);
  }
  for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
    for (const std::uint32_t row : held.rows) held.logits.push_back(mean[learner * rows() + offset + row]);
  }
  const auto narrow = tables.narrow_directions();
  for (std::size_t first = 0; first < narrow.size(); first += in_sample) {
    for (const std::uint32_t row : held.rows) held.narrow_directions.push_back(narrow[first + row]);
  }
  return held;
}

void Fitting::score_members() {
  logits_.emplace(learners_.size(), blocks_.groups(), rows());
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) score_pair(pair);
}

BlockTest Fitting::test() {
  fit_members(nullptr);
  score_members();
  return test_of(scores(logits_->mean()));
}

/// ln w of all rows without a block, with the weights of `sum`.
std::vector<float> Fitting::ratios_without(std::uint32_t block, const WeightedSum& sum,
                                           const std::vector<float>& mean) const {
  std::vector<float> result(rows());
  for (std::size_t row = 0; row < rows(); ++row) {
    const std::uint32_t own = blocks_.of(row);
    const auto said = own == block ? LogitsOfRow(mean.data() + row, learners_.size(), rows())
                                   : logits_->of_row(blocks_.group_of(own, block), row);
    result[row] = static_cast<float>(sum.log_ratio(said));
  }
  return result;
}

/// ln w without each block, whose weights are shrunk as those of all blocks are.
void Fitting::leave_out_blocks(double share, const std::vector<float>& mean, CrossFitted& result) const {
  for (std::uint32_t block = 0; block < blocks_.count(); ++block) {
    WeightedSum sum = sums_[block];
    if (share > 0) {
      const FittedRows others = outside(block);
      const auto best = fit_weighted_sum(others.logits(learners_.size()), MemberWeights::any, control_);
      sum = between(std::move(sum), best, share);
    }
    const auto ratio = ratios_without(block, sum, mean);
    const auto end = ratio.begin() + static_cast<std::ptrdiff_t>(reference_.whitened().rows());
    result.reference.ratios_without.insert(result.reference.ratios_without.end(), ratio.begin(), end);
    result.generated.ratios_without.insert(result.generated.ratios_without.end(), end, ratio.end());
  }
}

/// Of the mean weights, whose sum goes from the mean of those of the blocks by `share` to the best one.
void Fitting::mean_errors(const LogRatios& ratios, const std::vector<float>& mean, const FittedRows& all,
                          const WeightedSum& best, double share, CrossFitted& result) const {
  std::vector<std::uint32_t> weighed;
  for (std::uint32_t row = 0; row < rows(); ++row) {
    if (blocks_.is_tested(row)) weighed.push_back(row);
  }
  const WeighedSamples samples{blocks_.labels(), blocks_.all(), mean, ratios.value, weighed, samples_.weights()};
  MeanWeightError of_reference(samples, true), of_generated(samples, false);
  const auto add = [&](const WeightedSum& sum, const FittedRows& fitted, double part) {
    if (part == 0) return;
    of_reference.add(sum, fitted, part, control_);
    of_generated.add(sum, fitted, part, control_);
  };
  const auto tested = blocks_.tested();
  for (std::size_t i = 0; i < tested.size(); ++i) {
    add(sums_[i], outside(tested[i]), (1 - share) / static_cast<double>(tested.size()));
  }
  add(best, all, share);
  result.reference.mean_weight_error = of_reference.value();
  result.generated.mean_weight_error = of_generated.value();
}

CrossFitted Fitting::run(CheckpointStore* store) {
  fit_members(store);
  return result();
}

CrossFitted Fitting::run_with(std::vector<FittedMember> members) {
  if (members.size() != this->members()) {
    throw Error(ErrorCode::argument, "the plan has " + std::to_string(this->members()) + " members, not " +
                                         std::to_string(members.size()));
  }
  std::span<FittedMember> rest(members);
  for (const Learner* const learner : learners_) {
    const std::size_t count = pairs_.size() * members_of(*learner);
    take(*learner, rest.first(count));
    rest = rest.subspan(count);
  }
  return result();
}

CrossFitted Fitting::result() {
  score_members();
  CrossFitted result;
  const auto mean = logits_->mean();
  const auto score = scores(mean);
  for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
    auto& fitted = result.learners.emplace_back(FittedLearner{name_of(*learners_[learner]), {}});
    for (const auto& sum : scoring_) fitted.weight_of_block.push_back(sum.weights[learner]);
  }
  result.test = test_of(score);
  const FittedRows all = fitted_rows([](std::uint32_t) { return true; }, [&](std::size_t learner, std::uint32_t row) {
    return mean[learner * rows() + row];
  });
  auto [sum, best, share] = shrunken_sum(all.logits(learners_.size()), sums_, control_);
  const LogRatios ratios = log_ratios(*logits_, mean, sum, tiles_on(backend_.threads()), control_);
  result.reference = held_out(false, mean, score, ratios);
  result.generated = held_out(true, mean, score, ratios);
  mean_errors(ratios, mean, all, best, share, result);
  if (!plan_.split) leave_out_blocks(share, mean, result);

  std::vector<EnsembleMember> members;
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
    for (std::size_t learner = 0; learner < learners_.size(); ++learner) {
      for (auto& fitted : fitted_[learner][pair]) {
        members.push_back({{fitted.member, result.learners[learner].name}, pairs_[pair].first, pairs_[pair].second});
        result.records.push_back(std::move(fitted.record));
      }
    }
  }
  result.ensemble = std::make_shared<const Ensemble>(samples_.map(), std::move(members),
                                                     plan_.split ? 1 : plan_.folds, std::move(sum));
  return result;
}

}  // namespace

void validate(const CrossFitting& plan) {
  for (const auto& learner : plan.learners) validate(learner);
  if (plan.folds < 3 || plan.folds > 100 || plan.members < 1 || plan.members > 1000) {
    throw Error(ErrorCode::argument, "`folds` must be from 3 to 100, `members` from 1 to 1000");
  }
  if (!(plan.validation_fraction > 0 && plan.validation_fraction < 1)) {
    throw Error(ErrorCode::argument, "`validationFraction` must be above 0 and below 1");
  }
  if (!plan.split) return;
  const auto [train, validation, test] = *plan.split;
  if (!(train > 0 && validation > 0 && test > 0 && std::fabs(train + validation + test - 1) < 1e-6)) {
    throw Error(ErrorCode::argument, "the shares of `split` must be above 0 and sum to 1");
  }
}

void validate(const FitShare& share) {
  if (share.taken.empty()) throw Error(ErrorCode::argument, "the cycle of a share has no places");
}

TrainingIdentity identity_of(const CrossFitting& plan) {
  TrainingIdentity identity{{"features", plan.input}};
  std::optional<std::array<double, 3>> shares;
  if (plan.split) shares = {plan.split->train, plan.split->validation, plan.split->test};
  const auto rest = split_identity(plan.folds, shares, plan.members, plan.validation_fraction);
  identity.insert(identity.end(), rest.begin(), rest.end());
  return identity;
}

CrossFitted cross_fit(const PreparedSamples& samples, const CrossFitting& plan, Backend& backend, JobControl& control,
                      CheckpointStore* store) {
  validate(plan);
  return Fitting(samples, plan, backend, control).run(store);
}

SharedFits fit_share(const PreparedSamples& samples, const CrossFitting& plan, const FitShare& share, Backend& backend,
                     JobControl& control, CheckpointStore* store) {
  validate(plan);
  validate(share);
  return Fitting(samples, plan, backend, control).fit(share, store);
}

CrossFitted cross_fit(const PreparedSamples& samples, const CrossFitting& plan, std::vector<FittedMember> fitted,
                      Backend& backend, JobControl& control) {
  validate(plan);
  return Fitting(samples, plan, backend, control).run_with(std::move(fitted));
}

BlockTest cross_fit_test(const PreparedSamples& samples, const CrossFitting& plan, Backend& backend, JobControl& control) {
  validate(plan);
  return Fitting(samples, plan, backend, control).test();
}

}  // namespace caloscope
