#include "core/learners/permuted_labels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "core/learners/blocks.h"
#include "core/run/error.h"
#include "cpu/cpu_backend.h"
#include "test/support/memory_checkpoints.h"
#include "test/support/prepared.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

CrossFitting regression_plan(std::uint32_t folds) {
  CrossFitting plan;
  plan.folds = folds;
  plan.validation_fraction = 0.2;
  plan.input = "three columns";
  plan.learners = {LogisticLearner{}};
  return plan;
}

std::vector<double> z_of(const PreparedSamples& samples, const CrossFitting& plan, std::uint32_t permutations,
                         CheckpointStore* store = nullptr, unsigned threads = 2) {
  CpuBackend backend(threads);
  JobControl control;
  const auto done = permuted_z(samples, plan, permutations, {}, backend, control, store);
  std::vector<double> z;
  for (const auto& one : done) {
    EXPECT_EQ(one.permutation, z.size() + 1);
    z.push_back(one.z);
  }
  return z;
}

/// Row i of one sample and row n − 1 − i of the other are partners.
std::vector<std::uint32_t> partners(std::uint32_t rows) {
  std::vector<std::uint32_t> groups = row_numbers(rows);
  for (std::uint32_t row = 0; row < rows; ++row) groups.push_back(rows - 1 - row);
  return groups;
}

TEST(PermutedLabels, ShowNothingOfADifference) {
  const auto reference = gaussian_matrix(200, 2, 3, 1), generated = gaussian_matrix(200, 2, 0, 2);
  const auto samples = prepared(reference, generated);
  auto plan = regression_plan(4);
  for (const bool paired : {false, true}) {
    if (paired) plan.groups = partners(200);
    const auto z = z_of(samples, plan, 20);
    ASSERT_EQ(z.size(), 20U);
    for (const double one : z) EXPECT_LT(std::fabs(one), 4);
    EXPECT_NE(z[0], z[1]);
    EXPECT_NEAR(std::accumulate(z.begin(), z.end(), 0.0) / 20, 0, 1);
    EXPECT_EQ(z_of(samples, plan, 20, nullptr, 1), z) << "on one thread";
  }
}

/// The labellings that there are, found by drawing them: few rows, many draws.
TEST(PermutedLabels, AreCounted) {
  for (const bool paired : {false, true}) {
    for (const bool split : {false, true}) {
      auto plan = regression_plan(3);
      // Rows 0 and 1 of the reference have two partners each in the generated sample, the other rows none.
      if (paired) plan.groups = {0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 1, 1, 9, 10, 11, 12, 13, 14};
      const std::uint32_t rows = paired ? 9 : 6, others = paired ? 10 : 6;
      if (split) plan.split = {0.4, 0.3, 0.3};
      for (plan.seed = 1; plan.seed <= 40; ++plan.seed) {
        const auto drawn = [&]() -> std::optional<std::set<std::vector<std::uint8_t>>> {
          std::set<std::vector<std::uint8_t>> found;
          for (plan.permutation = 1; plan.permutation <= 40000; ++plan.permutation) {
            const Blocks blocks(rows, others, plan);
            found.emplace(blocks.labels().begin(), blocks.labels().end());
          }
          return found;
        };
        double known = 0;
        const auto code = thrown_code([&] { known = labellings(rows, others, plan); });
        if (code == ErrorCode::too_few_rows) continue;
        ASSERT_EQ(code, std::nullopt);
        if (known > 2000) continue;  // more than can be seen in as many draws
        EXPECT_EQ(static_cast<double>(drawn()->size()), known) << paired << split << plan.seed;
        break;
      }
    }
  }
  // Six choose three in each of two... of all: C(4, 2)³ with two rows of each sample in three folds.
  EXPECT_EQ(labellings(6, 6, regression_plan(3)), 216);
  EXPECT_TRUE(std::isinf(labellings(5000, 5000, regression_plan(3))));
}

TEST(PermutedLabels, AreNoMoreThanThereAre) {
  const auto reference = gaussian_matrix(6, 3, 0, 1), generated = gaussian_matrix(6, 3, 0, 2);
  const auto samples = prepared(reference, generated);
  const auto plan = regression_plan(3);
  EXPECT_EQ(thrown_code([&] { z_of(samples, plan, 216); }), ErrorCode::argument);
  EXPECT_EQ(z_of(samples, plan, 3).size(), 3U);
  EXPECT_TRUE(z_of(samples, plan, 0).empty());
}

TEST(PermutedLabels, AreNotPermutedAgainAfterAnInterruption) {
  const auto reference = gaussian_matrix(60, 3, 0, 1), generated = gaussian_matrix(60, 3, 0, 2);
  const auto samples = prepared(reference, generated);
  const auto plan = regression_plan(3);
  const auto whole = z_of(samples, plan, 6);
  MemoryCheckpoints store;
  CpuBackend backend(1);
  JobControl* running = nullptr;
  JobControl control([&](const Progress& progress) {
    if (progress.done == 4) running->cancel();
  });
  running = &control;
  EXPECT_EQ(thrown_code([&] { permuted_z(samples, plan, 6, {}, backend, control, &store); }), ErrorCode::cancelled);
  ASSERT_EQ(store.saved.size(), 4U) << "one checkpoint a permutation";
  std::vector<double> done;
  JobControl resumed([&](const Progress& progress) { done.push_back(progress.done); });
  permuted_z(samples, plan, 6, {}, backend, resumed, &store);
  EXPECT_EQ(done, (std::vector<double>{5, 6}));
  // More of them go on from there, fewer need nothing.
  EXPECT_EQ(z_of(samples, plan, 6, &store), whole);
  EXPECT_EQ(z_of(samples, plan, 5, &store), std::vector<double>(whole.begin(), whole.begin() + 5));
  EXPECT_EQ(store.saved.size(), 6U);
  for (const auto& [number, versions] : store.saved) EXPECT_EQ(versions.size(), 1U) << number;
}

TEST(PermutedLabels, AreSharedByAnyNumberOfProcesses) {
  const auto reference = gaussian_matrix(60, 3, 0, 1), generated = gaussian_matrix(60, 3, 0, 2);
  const auto samples = prepared(reference, generated);
  const auto plan = regression_plan(3);
  const auto whole = z_of(samples, plan, 7);
  CpuBackend backend(1);
  JobControl control;
  MemoryCheckpoints store;
  for (const std::uint32_t processes : {3U, 2U, 9U}) {
    std::vector<double> z(7, std::nan(""));
    for (std::uint32_t first = 0; first < processes; ++first) {
      FitShare share{std::vector<std::uint8_t>(processes), 1};
      share.taken[first] = 1;
      for (const auto& one : permuted_z(samples, plan, 7, share, backend, control, &store)) {
        EXPECT_EQ(one.permutation % processes, first);
        z[one.permutation - 1] = one.z;
      }
    }
    EXPECT_EQ(z, whole) << processes;
  }
  for (const auto& [number, versions] : store.saved) EXPECT_EQ(versions.size(), 1U) << "done twice: " << number;
  EXPECT_EQ(thrown_code([&] { permuted_z(samples, plan, 7, {{}, 0}, backend, control); }), ErrorCode::argument);
}

TEST(PermutedLabels, OfOtherTrainingsAreRefused) {
  const auto reference = gaussian_matrix(60, 3, 0, 1), generated = gaussian_matrix(60, 3, 0, 2);
  const auto samples = prepared(reference, generated);
  const auto plan = regression_plan(3);
  MemoryCheckpoints store;
  z_of(samples, plan, 2, &store);
  const auto with = [&](const auto& change, const PreparedSamples& given) {
    auto other = plan;
    change(other);
    std::string said;
    try {
      z_of(given, other, 3, &store);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::checkpoint);
      said = error.what();
    }
    return said;
  };
  const auto nothing = [](CrossFitting&) {};
  EXPECT_NE(with([](auto& other) { other.input = "the same ones, otherwise"; }, samples)
                .find("features was three columns and is the same ones, otherwise now"),
            std::string::npos);
  EXPECT_NE(with([](auto& other) { other.seed = 2; }, samples).find("seed was 1 and is 2 now"), std::string::npos);
  EXPECT_NE(with([](auto& other) { other.folds = 4; }, samples).find("folds was 3"), std::string::npos);
  EXPECT_NE(with([](auto& other) { other.split = {0.6, 0.2, 0.2}; }, samples).find("split was none and is 0.6/0.2/0.2"),
            std::string::npos);
  EXPECT_NE(with([](auto& other) { other.learners.push_back(NetworkLearner{}); }, samples).find("learners was logistic"),
            std::string::npos);
  EXPECT_NE(with([](auto& other) { other.groups = partners(60); }, samples).find("groups of partners"), std::string::npos);
  EXPECT_NE(with(nothing, prepared(reference, generated, false)).find("whitening was on"), std::string::npos);
  EXPECT_NE(with(nothing, prepared(generated, reference)).find("the reference sample was 60 rows"), std::string::npos);
  store.saved[1].back()[40] ^= std::byte{1};
  EXPECT_NE(with(nothing, samples).find("damaged"), std::string::npos);
}

}  // namespace
}  // namespace caloscope
