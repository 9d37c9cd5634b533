#include "core/learners/cross_fitting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/run/error.h"
#include "cpu/cpu_backend.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

/// The logit of the network with the centre n for row r is 10000 n + r.
class NumberingPredictor : public Predictor {
 public:
  explicit NumberingPredictor(Members members) : members_(members.begin(), members.end()) {}

  std::vector<float> predict(const FeatureTable&, std::span<const std::uint32_t> rows, unsigned,
                             JobControl&) const override {
    std::vector<float> logits;
    for (const auto& member : members_) {
      const float number = std::get<Network>(*member).standardisation.centre[0];
      for (const auto row : rows) logits.push_back(10000 * number + static_cast<float>(row));
    }
    return logits;
  }

 private:
  std::vector<std::shared_ptr<const Member>> members_;
};

/// Trains nothing and notes what is requested of it; network n has the centre n.
class RecordingBackend : public CpuBackend {
 public:
  std::vector<TrainingTask> tasks;

  RecordingBackend() : CpuBackend(1) {}
  std::string arithmetic() const override { return "none"; }
  std::string device() const override { return "none"; }
  std::vector<TrainedNetwork> train(std::span<const TrainingTask> asked, const TrainingData&, JobControl&,
                                    const Checkpoints*) override {
    tasks.assign(asked.begin(), asked.end());
    std::vector<TrainedNetwork> trained(asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      trained[i].network.standardisation.centre = {static_cast<float>(asked[i].number)};
    }
    return trained;
  }
  std::shared_ptr<const Predictor> load(Members members, Precision) override {
    return std::make_shared<NumberingPredictor>(members);
  }
};

CrossFitting plan_of(std::uint32_t folds, std::uint32_t members) {
  CrossFitting plan;
  plan.folds = folds;
  plan.members = members;
  plan.validation_fraction = 0.2;
  NetworkLearner learner;
  learner.shape.hidden = {4};
  learner.settings.epochs = 2;
  plan.learner = learner;
  return plan;
}

std::optional<ErrorCode> code_of(const FeatureTable& reference, const FeatureTable& generated,
                                 const CrossFitting& plan) {
  RecordingBackend backend;
  JobControl control;
  return thrown_code([&] { cross_fit(reference, generated, plan, backend, control); });
}

TEST(Folds, AreBalancedRandomAndRepeatable) {
  for (const std::uint64_t rows : {1ULL, 7ULL, 100ULL, 1003ULL}) {
    for (const std::uint32_t folds : {1U, 2U, 5U, 7U}) {
      const auto fold = assign_folds(rows, folds, 3, 0);
      std::vector<std::uint64_t> count(folds);
      for (const auto f : fold) ++count.at(f);
      EXPECT_LE(*std::max_element(count.begin(), count.end()) - *std::min_element(count.begin(), count.end()), 1U);
      EXPECT_EQ(assign_folds(rows, folds, 3, 0), fold);
      if (rows > 50 && folds > 1) {
        EXPECT_NE(assign_folds(rows, folds, 4, 0), fold);
        EXPECT_NE(assign_folds(rows, folds, 3, 1), fold);
      }
    }
  }
  // Neither in blocks nor in turn: the number of neighbours in the same fold is that of chance, 2000 ± 40.
  const auto fold = assign_folds(10001, 5, 1, 0);
  int same = 0;
  for (std::size_t row = 1; row < fold.size(); ++row) same += fold[row] == fold[row - 1] ? 1 : 0;
  EXPECT_NEAR(same, 2000, 200);
}

TEST(CrossFit, TrainsNoNetworkOnRowsThatItJudges) {
  const auto reference = gaussian_matrix(53, 2, 0, 1), generated = gaussian_matrix(31, 2, 0, 2);
  const auto plan = plan_of(4, 3);
  RecordingBackend backend;
  JobControl control;
  const auto result = cross_fit(reference, generated, plan, backend, control);
  ASSERT_EQ(backend.tasks.size(), 12U);
  const LabelledRows rows{reference, generated};
  for (std::uint32_t number = 0; number < 12; ++number) {
    const auto& task = backend.tasks[number];
    EXPECT_EQ(task.number, number);
    std::vector<std::uint32_t> seen = task.training_rows;
    seen.insert(seen.end(), task.validation_rows.begin(), task.validation_rows.end());
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "a row trains and validates";
    std::vector<std::uint32_t> expected;
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const auto& fold = rows.is_reference(row) ? result.reference.fold : result.generated.fold;
      if (fold[rows.row_in_table(row)] != number / 3) expected.push_back(row);
    }
    EXPECT_EQ(seen, expected);
    // A fifth of each sample validates.
    for (const bool is_reference : {false, true}) {
      const auto of_sample = [&](std::uint32_t row) { return rows.is_reference(row) == is_reference; };
      const auto training = std::count_if(task.training_rows.begin(), task.training_rows.end(), of_sample);
      const auto validation = std::count_if(task.validation_rows.begin(), task.validation_rows.end(), of_sample);
      EXPECT_NEAR(static_cast<double>(validation), 0.2 * static_cast<double>(training + validation), 0.51);
    }
  }
  EXPECT_NE(backend.tasks[0].validation_rows, backend.tasks[1].validation_rows) << "members share a split";
}

TEST(CrossFit, PutsLogitsOnTheirRows) {
  const auto reference = gaussian_matrix(53, 2, 0, 1), generated = gaussian_matrix(31, 2, 0, 2);
  RecordingBackend backend;
  JobControl control;
  const auto result = cross_fit(reference, generated, plan_of(4, 3), backend, control);
  for (const auto* held : {&result.reference, &result.generated}) {
    const std::size_t rows = held->fold.size();
    ASSERT_EQ(held->logits.size(), 3 * rows);
    for (std::size_t member = 0; member < 3; ++member) {
      for (std::size_t row = 0; row < rows; ++row) {
        const auto number = 3 * held->fold[row] + member;
        EXPECT_EQ(held->logits[member * rows + row], static_cast<float>(10000 * number + row));
      }
    }
  }
}

TEST(CrossFit, HoldsNothingOutWithOneFold) {
  const auto reference = gaussian_matrix(9, 2, 0, 1), generated = gaussian_matrix(5, 2, 0, 2);
  RecordingBackend backend;
  JobControl control;
  const auto result = cross_fit(reference, generated, plan_of(1, 2), backend, control);
  EXPECT_EQ(result.reference.fold, std::vector<std::uint16_t>(9));
  EXPECT_TRUE(result.reference.logits.empty() && result.generated.logits.empty());
  for (const auto& task : backend.tasks) EXPECT_EQ(task.training_rows.size() + task.validation_rows.size(), 14U);
}

TEST(CrossFit, NamesWhatDoesNotFit) {
  const auto reference = gaussian_matrix(20, 2, 0, 1), generated = gaussian_matrix(20, 2, 0, 2);
  const auto with = [&](const auto& change) {
    auto plan = plan_of(2, 1);
    change(plan);
    return code_of(reference, generated, plan);
  };
  EXPECT_EQ(code_of(gaussian_matrix(3, 2, 0, 1), generated, plan_of(2, 1)), ErrorCode::too_few_rows);
  EXPECT_EQ(code_of(reference, gaussian_matrix(1, 2, 0, 1), plan_of(5, 1)), ErrorCode::too_few_rows);
  EXPECT_EQ(code_of(reference, gaussian_matrix(20, 3, 0, 1), plan_of(2, 1)), ErrorCode::shape);
  EXPECT_EQ(with([](auto& plan) { plan.folds = 0; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { plan.members = 0; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { plan.validation_fraction = 1; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { std::get<NetworkLearner>(plan.learner).settings.epochs = 0; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { std::get<NetworkLearner>(plan.learner).settings.dropout = 1; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { std::get<NetworkLearner>(plan.learner).settings.learning_rate = std::nan(""); }), ErrorCode::argument);
  EXPECT_EQ(code_of(gaussian_matrix(4, 2, 0, 1), gaussian_matrix(4, 2, 0, 1), plan_of(2, 1)), std::nullopt)
      << "two rows to train and to validate with are enough";
}

/// Share of pairs in which the reference row has the higher logit.
double area(const std::vector<float>& reference, const std::vector<float>& generated) {
  double sum = 0;
  for (const float r : reference) {
    for (const float g : generated) sum += r > g ? 1 : r == g ? 0.5 : 0;
  }
  return sum / static_cast<double>(reference.size() * generated.size());
}

TEST(CrossFit, DoesNotLeak) {
  // 50 columns of noise name every row, and the networks are large enough to learn all rows by heart: a network that scored a
  // row that it was trained on would show it.
  const auto reference = gaussian_matrix(300, 50, 0, 5), generated = gaussian_matrix(300, 50, 0, 6);
  auto plan = plan_of(3, 2);
  auto& learner = std::get<NetworkLearner>(plan.learner);
  learner.shape.hidden = {128};
  learner.settings.epochs = 40;
  learner.settings.patience = 40;
  learner.settings.batch_size = 32;
  learner.settings.learning_rate = 5e-3;
  learner.settings.schedule = Schedule::constant;
  CpuBackend backend(2);
  JobControl control;
  const auto result = cross_fit(reference, generated, plan, backend, control);
  EXPECT_LT(result.members[0].record->epochs.back().training_loss, 0.1) << "the rows were not learned by heart";
  for (std::size_t member = 0; member < 2; ++member) {
    const auto of_member = [&](const HeldOutLogits& held) {
      const auto first = held.logits.begin() + static_cast<std::ptrdiff_t>(member * 300);
      return std::vector<float>(first, first + 300);
    };
    // Four null standard deviations, √((n + m + 1)/(12 n m)) = 0.0236.
    EXPECT_NEAR(area(of_member(result.reference), of_member(result.generated)), 0.5, 0.095);
  }
}

}  // namespace
}  // namespace caloscope
