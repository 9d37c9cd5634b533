#include "core/learners/cross_fitting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/learners/blocks.h"
#include "core/run/error.h"
#include "cpu/cpu_backend.h"
#include "test/support/prepared.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

/// The logit of the network with the centre n for row r is 10000 n + r.
class NumberingPredictor : public Predictor {
 public:
  explicit NumberingPredictor(Networks networks) : networks_(networks.begin(), networks.end()) {}

  std::vector<float> predict(const FeatureTable&, std::span<const std::uint32_t> rows, unsigned,
                             JobControl&) const override {
    std::vector<float> logits;
    for (const auto& network : networks_) {
      const float number = network->standardisation.centre[0];
      for (const auto row : rows) logits.push_back(10000 * number + static_cast<float>(row));
    }
    return logits;
  }

 private:
  std::vector<std::shared_ptr<const Network>> networks_;
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
    std::vector<TrainedNetwork> trained;
    for (const auto& task : asked) {
      trained.push_back({zero_network(task.shape), {}});
      auto& standardisation = trained.back().network.standardisation;
      std::ranges::fill(standardisation.clip, 1.0F);
      std::ranges::fill(standardisation.scale, 1.0F);
      standardisation.centre[0] = static_cast<float>(task.number);
    }
    return trained;
  }
  std::shared_ptr<const Predictor> load(Networks networks, Precision) override {
    return std::make_shared<NumberingPredictor>(networks);
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
  plan.learners = {learner};
  return plan;
}

std::optional<ErrorCode> code_of(const FeatureTable& reference, const FeatureTable& generated,
                                 const CrossFitting& plan) {
  RecordingBackend backend;
  JobControl control;
  return thrown_code([&] { cross_fit(prepared(reference, generated), plan, backend, control); });
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

TEST(CrossFit, FitsAMemberForEachPairOfFoldsToTheRowsOutside) {
  const auto reference = gaussian_matrix(53, 2, 0, 1), generated = gaussian_matrix(31, 2, 0, 2);
  const auto plan = plan_of(4, 3);
  RecordingBackend backend;
  JobControl control;
  const auto result = cross_fit(prepared(reference, generated), plan, backend, control);
  ASSERT_EQ(backend.tasks.size(), 18U);
  const LabelledRows rows{reference, generated};
  std::uint32_t number = 0;
  for (std::uint32_t first = 0; first < 4; ++first) {
    for (std::uint32_t second = first + 1; second < 4; ++second) {
      for (std::uint32_t i = 0; i < 3; ++i, ++number) {
        const auto& task = backend.tasks[number];
        EXPECT_EQ(task.number, number);
        EXPECT_EQ(result.ensemble->members()[number].first, first);
        EXPECT_EQ(result.ensemble->members()[number].second, second);
        std::vector<std::uint32_t> seen = task.training_rows;
        seen.insert(seen.end(), task.validation_rows.begin(), task.validation_rows.end());
        std::sort(seen.begin(), seen.end());
        EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "a row trains and validates";
        std::vector<std::uint32_t> expected;
        for (std::uint32_t row = 0; row < rows.size(); ++row) {
          const auto& fold = rows.is_reference(row) ? result.reference.fold : result.generated.fold;
          const auto block = fold[rows.row_in_table(row)];
          if (block != first && block != second) expected.push_back(row);
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
    }
  }
  EXPECT_NE(backend.tasks[0].validation_rows, backend.tasks[1].validation_rows) << "members share a split";
}

TEST(CrossFit, TakesForARowTheMeanOfTheMembersThatNeverSawIt) {
  const auto reference = gaussian_matrix(53, 2, 0, 1), generated = gaussian_matrix(31, 2, 0, 2);
  RecordingBackend backend;
  JobControl control;
  const auto result = cross_fit(prepared(reference, generated), plan_of(4, 3), backend, control);
  // Networks 3p, 3p + 1 and 3p + 2 left out pair p of 01, 02, 03, 12, 13, 23.
  const double mean_of_fold[4] = {4, (1 + 10 + 13) / 3.0, (4 + 10 + 16) / 3.0, (7 + 13 + 16) / 3.0};
  for (const auto* held : {&result.reference, &result.generated}) {
    ASSERT_EQ(held->logits.size(), held->fold.size());
    for (std::size_t row = 0; row < held->fold.size(); ++row) {
      const double expected = 10000 * mean_of_fold[held->fold[row]] + static_cast<double>(row);
      EXPECT_NEAR(held->logits[row], expected, 0.02) << row;
    }
  }
}

/// Row i of one sample and row n − 1 − i of the other are partners.
std::vector<std::uint32_t> partners(std::uint32_t rows) {
  std::vector<std::uint32_t> groups = row_numbers(rows);
  for (std::uint32_t row = 0; row < rows; ++row) groups.push_back(rows - 1 - row);
  return groups;
}

TEST(CrossFit, KeepsPartnersTogether) {
  const auto reference = gaussian_matrix(53, 2, 0, 1), generated = gaussian_matrix(53, 2, 0, 2);
  RecordingBackend backend;
  JobControl control;
  auto plan = plan_of(5, 1);
  plan.groups = partners(53);
  auto together = cross_fit(prepared(reference, generated), plan, backend, control);
  std::ranges::reverse(together.generated.fold);
  EXPECT_EQ(together.reference.fold, together.generated.fold);
  EXPECT_EQ(std::set<std::uint16_t>(together.reference.fold.begin(), together.reference.fold.end()).size(), 5U);
  EXPECT_EQ(code_of(reference, gaussian_matrix(52, 2, 0, 2), plan), ErrorCode::shape);
  plan.groups.assign(106, 7);
  EXPECT_EQ(code_of(reference, generated, plan), ErrorCode::too_few_rows) << "one group is one fold";
  plan.groups.back() = 106;
  EXPECT_EQ(code_of(reference, generated, plan), ErrorCode::argument);
}

TEST(CrossFit, NamesWhatDoesNotFit) {
  const auto reference = gaussian_matrix(20, 2, 0, 1), generated = gaussian_matrix(20, 2, 0, 2);
  const auto with = [&](const auto& change) {
    auto plan = plan_of(3, 1);
    change(plan);
    return code_of(reference, generated, plan);
  };
  const auto network = [](CrossFitting& plan) -> TrainingSettings& {
    return std::get<NetworkLearner>(plan.learners.front()).settings;
  };
  EXPECT_EQ(code_of(gaussian_matrix(5, 2, 0, 1), generated, plan_of(3, 1)), ErrorCode::too_few_rows);
  EXPECT_EQ(code_of(reference, gaussian_matrix(9, 2, 0, 1), plan_of(5, 1)), ErrorCode::too_few_rows);
  EXPECT_EQ(code_of(reference, gaussian_matrix(20, 3, 0, 1), plan_of(3, 1)), ErrorCode::shape);
  EXPECT_EQ(with([](auto& plan) { plan.folds = 2; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { plan.members = 0; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { plan.validation_fraction = 1; }), ErrorCode::argument);
  EXPECT_EQ(with([](auto& plan) { plan.learners.clear(); }), ErrorCode::argument);
  EXPECT_EQ(with([&](auto& plan) { network(plan).epochs = 0; }), ErrorCode::argument);
  EXPECT_EQ(with([&](auto& plan) { network(plan).dropout = 1; }), ErrorCode::argument);
  EXPECT_EQ(with([&](auto& plan) { network(plan).learning_rate = std::nan(""); }), ErrorCode::argument);
  EXPECT_EQ(code_of(gaussian_matrix(6, 2, 0, 1), gaussian_matrix(6, 2, 0, 1), plan_of(3, 1)), std::nullopt)
      << "two rows a fold are enough";
}

/// Share of pairs in which the reference row has the higher logit.
double area(const std::vector<float>& reference, const std::vector<float>& generated) {
  double sum = 0;
  for (const float r : reference) {
    for (const float g : generated) sum += r > g ? 1 : r == g ? 0.5 : 0;
  }
  return sum / static_cast<double>(reference.size() * generated.size());
}

/// All learners, quick ones.
CrossFitting stack_of(std::uint32_t folds) {
  CrossFitting plan = plan_of(folds, 1);
  auto& learner = std::get<NetworkLearner>(plan.learners.front());
  learner.shape.hidden = {16};
  learner.settings.epochs = 10;
  learner.settings.batch_size = 64;
  learner.settings.learning_rate = 5e-3;
  TreeLearner trees;
  trees.settings.trees = 20;
  trees.settings.leaves = 6;
  plan.learners.push_back(LogisticLearner{});
  plan.learners.push_back(LogisticLearner{{.products = true}});
  plan.learners.push_back(trees);
  return plan;
}

CrossFitted fit(const FeatureTable& reference, const FeatureTable& generated, const CrossFitting& plan,
                unsigned threads = 2, bool whiten = true) {
  CpuBackend backend(threads);
  JobControl control;
  return cross_fit(prepared(reference, generated, whiten), plan, backend, control);
}

double area(const CrossFitted& result) {
  return area({result.reference.score.begin(), result.reference.score.end()},
              {result.generated.score.begin(), result.generated.score.end()});
}

TEST(CrossFit, IsTheSameFromSharesOfSeveralProcesses) {
  const auto reference = gaussian_matrix(90, 3, 1, 5), generated = gaussian_matrix(80, 3, 0, 6);
  auto plan = stack_of(3);
  plan.members = 2;
  const auto samples = prepared(reference, generated);
  const auto alone = fit(reference, generated, plan);
  const auto values = [](const CrossFitted& result) {
    std::vector<float> all;
    for (const auto& member : result.ensemble->members()) {
      const auto add = [&](const auto& tensor) { all.insert(all.end(), tensor.values.begin(), tensor.values.end()); };
      if (const auto* const network = std::get_if<Network>(member.member.get())) network->for_each_tensor(add);
    }
    return all;
  };
  CpuBackend backend(1);
  JobControl control;
  for (const std::uint32_t processes : {1U, 2U, 5U, 40U}) {
    std::vector<FittedMember> fitted(15);  // two networks and one member of each other learner for each of three pairs
    for (std::uint32_t first = 0; first < processes; ++first) {
      FitShare own{std::vector<std::uint8_t>(processes), 0};
      own.taken[first] = 1;
      auto share = fit_share(samples, plan, own, backend, control);
      ASSERT_EQ(share.members, fitted.size());
      for (auto& fit : share.fits) {
        EXPECT_EQ(fit.number % processes, first);
        EXPECT_EQ(fitted[fit.number].member, nullptr);
        fitted[fit.number] = std::move(fit.fitted);
      }
    }
    const auto together = cross_fit(samples, plan, std::move(fitted), backend, control);
    EXPECT_EQ(together.reference.logits, alone.reference.logits);
    EXPECT_EQ(together.generated.ratios.value, alone.generated.ratios.value);
    EXPECT_EQ(together.test.z, alone.test.z);
    EXPECT_EQ(values(together), values(alone));
    ASSERT_EQ(together.records.size(), alone.records.size());
    for (std::size_t i = 0; i < alone.records.size(); ++i) {
      ASSERT_EQ(together.records[i].has_value(), alone.records[i].has_value());
      if (!alone.records[i]) continue;
      EXPECT_EQ(together.records[i]->best_epoch, alone.records[i]->best_epoch);
    }
  }
  EXPECT_EQ(thrown_code([&] { cross_fit(samples, plan, std::vector<FittedMember>(14), backend, control); }),
            ErrorCode::argument);
  EXPECT_EQ(thrown_code([&] { fit_share(samples, plan, {{}, 0}, backend, control); }), ErrorCode::argument);
}

TEST(CrossFit, DoesNotLeak) {
  // 50 columns of noise name every row, and the networks are large enough to learn all rows by heart: a network that scored a
  // row that it was trained on would show it.
  const auto reference = gaussian_matrix(300, 50, 0, 5), generated = gaussian_matrix(300, 50, 0, 6);
  auto plan = plan_of(3, 2);
  auto& learner = std::get<NetworkLearner>(plan.learners.front());
  learner.shape.hidden = {128};
  learner.settings.epochs = 40;
  learner.settings.patience = 40;
  learner.settings.batch_size = 32;
  learner.settings.learning_rate = 5e-3;
  learner.settings.schedule = Schedule::constant;
  const auto result = fit(reference, generated, plan);
  EXPECT_LT(result.records[0]->epochs.back().training_loss, 0.1) << "the rows were not learned by heart";
  // Four null standard deviations, √((n + m + 1)/(12 n m)) = 0.0236.
  EXPECT_NEAR(area(result.reference.logits, result.generated.logits), 0.5, 0.095);
  EXPECT_LT(std::fabs(result.test.z), 4);
}

TEST(CrossFit, SumsLearnersSoThatTheOneThatSeesWins) {
  // A shift: all see it. The log ratio is exact: ln w = (x − ½)·1 with unit normals one deviation apart.
  const auto reference = gaussian_matrix(1500, 1, 1, 1), generated = gaussian_matrix(1500, 1, 0, 2);
  const auto result = fit(reference, generated, stack_of(5));
  ASSERT_EQ(result.learners.size(), 4U);
  EXPECT_EQ(name_of(result.learners[2].name), "quadratic");
  // Φ(1/√2) = 0.7602; its null deviation is 0.0105.
  EXPECT_NEAR(area(result), 0.7602, 0.032);
  EXPECT_GT(result.test.z, 10);
  EXPECT_LT(result.test.p_value, 1e-20);
  double squares = 0, of_errors = 0;
  for (std::size_t row = 0; row < 1500; ++row) {
    const double exact = double{reference.scalars_of(row)[0]} - 0.5;
    const double distance = result.reference.ratios.value[row] - exact;
    squares += distance * distance / 1500;
    of_errors += result.reference.ratios.error[row] / 1500;
  }
  EXPECT_LT(std::sqrt(squares), 0.25);
  EXPECT_GT(of_errors, 0.02);
  for (const auto& learner : result.learners) {
    ASSERT_EQ(learner.weight_of_block.size(), 5U);
    for (const double weight : learner.weight_of_block) EXPECT_GE(weight, 0);
  }
}

TEST(CrossFit, SaysNothingOfCopies) {
  // Rows of the generated sample are those of the reference, in the same blocks: slopes are rounding, and a regression that
  // has any would get a weight of 1e12.
  const auto sample = gaussian_matrix(100, 3, 0, 1);
  auto plan = stack_of(5);
  plan.learners.erase(plan.learners.begin());
  for (std::uint32_t row = 0; row < 200; ++row) plan.groups.push_back(row % 100);
  const auto result = fit(sample, sample, plan);
  for (const auto& learner : result.learners) EXPECT_EQ(learner.weight_of_block, std::vector<double>(5));
  for (const double weight : result.ensemble->sum().weights) EXPECT_LT(std::fabs(weight), 10);
  for (const double ratio : result.generated.ratios.value) EXPECT_NEAR(ratio, 0, 1e-3);
  EXPECT_EQ(result.test.p_value, 0.5);
}

TEST(CrossFit, SaysWhatItWouldSayWithoutABlock) {
  // Rows of a block change places with some of the other sample: nothing that was learned without them may notice. (Both
  // times the weights are the honest ones; how far they go to the best ones, all rows decide.)
  const std::uint32_t block = 2;
  const auto reference = gaussian_matrix(200, 2, 1.0, 3), generated = gaussian_matrix(200, 2, 0, 4);
  auto plan = stack_of(5);
  plan.learners.erase(plan.learners.begin());
  const auto before = fit(reference, generated, plan, 2, false);
  std::vector<float> values[2];
  std::vector<std::uint32_t> inside[2];
  for (const bool of_generated : {false, true}) {
    const auto& table = of_generated ? generated : reference;
    const auto& fold = of_generated ? before.generated.fold : before.reference.fold;
    for (std::uint32_t row = 0; row < 200; ++row) {
      const float* const x = table.scalars_of(row);
      values[of_generated].insert(values[of_generated].end(), x, x + 2);
      if (fold[row] == block) inside[of_generated].push_back(row);
    }
  }
  ASSERT_EQ(inside[0].size(), 40U);
  ASSERT_EQ(inside[1].size(), 40U);
  for (std::size_t i = 0; i < 12; ++i) {
    for (std::size_t c = 0; c < 2; ++c) std::swap(values[0][inside[0][i] * 2 + c], values[1][inside[1][i] * 2 + c]);
  }
  const auto after = fit(FeatureTable(std::move(values[0]), 2), FeatureTable(std::move(values[1]), 2), plan, 2, false);
  double change = 0, largest = 0;
  for (std::uint32_t row = 0; row < 200; ++row) {
    if (before.generated.fold[row] == block) {
      // Members that never saw the row, as in its score.
      EXPECT_NEAR(before.generated.ratios_without[block * 200 + row], before.generated.score[row], 1e-5);
      continue;
    }
    largest = std::max(largest, std::fabs(double{before.generated.ratios_without[block * 200 + row]} -
                                          double{after.generated.ratios_without[block * 200 + row]}));
    change += std::fabs(before.generated.ratios.value[row] - after.generated.ratios.value[row]);
  }
  EXPECT_EQ(largest, 0);
  EXPECT_GT(change / 160, 0.02);
}

TEST(CrossFit, SeesWhatIsNarrowOnlyWhereItIsWhitened) {
  // Two columns that agree to 0.003 while they span 2; the samples differ in their difference by 0.009 alone.
  const auto energies = [](double shift, std::uint64_t seed) {
    RandomStream random(seed, 1);
    std::vector<float> values;
    for (int row = 0; row < 600; ++row) {
      const double incident = 2 * random.uniform();
      values.push_back(static_cast<float>(incident));
      values.push_back(static_cast<float>(incident + 0.003 * random.normal() + shift));
    }
    return FeatureTable(std::move(values), 2);
  };
  const auto reference = energies(0, 1), generated = energies(0.009, 2);
  auto plan = stack_of(5);
  plan.learners.resize(1);
  EXPECT_GT(area(fit(reference, generated, plan)), 0.97);  // exact: Φ(3/√2) = 0.983
  EXPECT_LT(area(fit(reference, generated, plan, 2, false)), 0.7);
}

TEST(CrossFit, LeavesOutLearnersThatCannotRead) {
  // 45 columns have 1080 terms with products.
  const auto wide = gaussian_matrix(60, 45, 0, 1);
  auto plan = stack_of(3);
  EXPECT_EQ(fit(wide, wide, plan).learners.size(), 3U);
  plan.learners = {LogisticLearner{{.products = true}}};
  EXPECT_EQ(code_of(wide, wide, plan), ErrorCode::argument);
}

TEST(CrossFit, HasTheSameBitsForAnyNumberOfThreads) {
  const auto reference = gaussian_matrix(150, 3, 1, 1), generated = gaussian_matrix(170, 3, 0, 2);
  const auto one = fit(reference, generated, stack_of(3), 1), three = fit(reference, generated, stack_of(3), 3);
  EXPECT_EQ(one.reference.logits, three.reference.logits);
  EXPECT_EQ(one.generated.score, three.generated.score);
  EXPECT_EQ(one.generated.ratios.value, three.generated.ratios.value);
  EXPECT_EQ(one.generated.ratios.error, three.generated.ratios.error);
  EXPECT_EQ(one.test.of_block, three.test.of_block);
}

/// Scores the rows of the last part only, of a training on the rows of the first.
TEST(CrossFit, SplitsInPlaceOfFolds) {
  const auto reference = gaussian_matrix(53, 2, 0, 1), generated = gaussian_matrix(31, 2, 0, 2);
  auto plan = plan_of(5, 2);
  plan.split = {0.6, 0.2, 0.2};
  RecordingBackend backend;
  JobControl control;
  const auto result = cross_fit(prepared(reference, generated), plan, backend, control);
  ASSERT_EQ(backend.tasks.size(), 2U);
  std::vector<std::uint32_t> all = backend.tasks[0].training_rows;
  const auto& validation = backend.tasks[0].validation_rows;
  // 0.6 · 53 = 31.8, 0.8 · 53 = 42.4; 0.6 · 31 = 18.6, 0.8 · 31 = 24.8.
  EXPECT_EQ(all.size(), 32U + 19U);
  EXPECT_EQ(validation.size(), 10U + 6U);
  EXPECT_EQ(result.reference.rows.size(), 11U);
  EXPECT_EQ(result.generated.rows.size(), 6U);
  all.insert(all.end(), validation.begin(), validation.end());
  all.insert(all.end(), result.reference.rows.begin(), result.reference.rows.end());
  for (const auto row : result.generated.rows) all.push_back(53 + row);
  std::ranges::sort(all);
  EXPECT_EQ(all, row_numbers(84));
  EXPECT_EQ(backend.tasks[1].training_rows, backend.tasks[0].training_rows);
  for (const auto* held : {&result.reference, &result.generated}) {
    ASSERT_EQ(held->logits.size(), held->rows.size());
    EXPECT_EQ(held->score.size(), held->rows.size());
    EXPECT_EQ(held->ratios.value.size(), held->rows.size());
    for (std::size_t i = 0; i < held->rows.size(); ++i) {
      EXPECT_NEAR(held->logits[i], 10000 * 0.5 + held->rows[i], 0.01);  // networks 0 and 1
      EXPECT_EQ(held->fold[i], 0);
    }
  }
  EXPECT_EQ(result.ensemble->blocks(), 1U);
  plan.split = {0.6, 0.2, 0.3};
  EXPECT_EQ(code_of(reference, generated, plan), ErrorCode::argument);
  plan.split = {0.98, 0.01, 0.01};
  EXPECT_EQ(code_of(reference, generated, plan), ErrorCode::too_few_rows);
  const auto ten = gaussian_matrix(10, 2, 0, 1);
  plan.split = {0.6, 0.2, 0.2};
  EXPECT_EQ(code_of(ten, ten, plan), std::nullopt) << "two rows a part are enough";
  plan.groups = partners(53);
  const auto as_many = gaussian_matrix(53, 2, 0, 3);
  const auto together = cross_fit(prepared(reference, as_many), plan, backend, control);
  std::vector<std::uint32_t> of_partners;
  for (const auto row : together.generated.rows) of_partners.push_back(52 - row);
  std::ranges::reverse(of_partners);
  EXPECT_EQ(together.reference.rows, of_partners);
}

TEST(CrossFit, TestsASplitExactly) {
  // Null pairs of learners whose scores are fixed by other rows: z is normal, of mean 0 and variance 1. A regression that
  // validates best as a constant says nothing: z is 0 then. Networks are never silent, whatever their weight.
  auto plan = stack_of(5);
  plan.split = {0.5, 0.2, 0.3};
  for (const bool network : {false, true}) {
    plan.learners = network ? std::vector<Learner>{stack_of(5).learners.front()} : std::vector<Learner>{LogisticLearner{}};
    double sum = 0, squares = 0;
    int pairs = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      const auto z = fit(gaussian_matrix(120, 5, 0, 2 * seed), gaussian_matrix(120, 5, 0, 2 * seed + 1), plan, 1).test.z;
      if (z == 0) continue;
      ++pairs;
      sum += z;
      squares += z * z;
    }
    EXPECT_GE(pairs, network ? 300 : 75);
    EXPECT_NEAR(sum / pairs, 0, 4 / std::sqrt(pairs));
    EXPECT_NEAR(std::sqrt(squares / pairs), 1, 4 / std::sqrt(2.0 * pairs));
  }
  plan.learners = {LogisticLearner{}};
  // And sees what is there, AUC Φ(1/√2) = 0.76 with 90 rows of each.
  const auto seen = fit(gaussian_matrix(300, 1, 1, 1), gaussian_matrix(300, 1, 0, 2), plan);
  EXPECT_GT(seen.test.z, 5);
  ASSERT_EQ(seen.test.of_block.size(), 1U);
  EXPECT_EQ(seen.test.z, seen.test.of_block[0]);
}

/// An ensemble scores other rows as it scored those that were held out.
TEST(Ensemble, ScoresOtherRows) {
  const auto reference = gaussian_matrix(1000, 2, 1, 1), generated = gaussian_matrix(1000, 2, 0, 2);
  const auto fitted = fit(reference, generated, stack_of(5));
  const auto other_reference = gaussian_matrix(1000, 2, 1, 3), other_generated = gaussian_matrix(1000, 2, 0, 4);
  CpuBackend backend(2);
  JobControl control;
  const auto of_reference = fitted.ensemble->score(other_reference, backend, Precision::float32, control);
  const auto of_generated = fitted.ensemble->score(other_generated, backend, Precision::float32, control);
  EXPECT_EQ(of_reference.logits.size(), 4000U);
  const double held_out = area(fitted);
  const std::vector<float> a(of_reference.ratios.value.begin(), of_reference.ratios.value.end());
  const std::vector<float> b(of_generated.ratios.value.begin(), of_generated.ratios.value.end());
  EXPECT_NEAR(area(a, b), held_out, 0.04);
  for (const double error : of_reference.ratios.error) EXPECT_GT(error, 0);
  EXPECT_EQ(thrown_code([&] {
              fitted.ensemble->score(gaussian_matrix(5, 3, 0, 1), backend, Precision::float32, control);
            }),
            ErrorCode::shape);
}

}  // namespace
}  // namespace caloscope
