// A training that was killed after any epoch and resumed ends in the same bits as one that was not.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "core/run/error.h"
#include "core/training/checkpoint.h"
#include "core/learners/cross_fitting.h"
#include "cpu/cpu_backend.h"
#include "test/support/memory_checkpoints.h"
#include "test/support/prepared.h"
#include "test/support/same_bits.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

void expect_same_bits(const TrainingRecord& a, const TrainingRecord& b) {
  EXPECT_EQ(a.training_rows, b.training_rows);
  EXPECT_EQ(a.validation_rows, b.validation_rows);
  EXPECT_EQ(a.best_epoch, b.best_epoch);
  EXPECT_EQ(a.stopped_early, b.stopped_early);
  ASSERT_EQ(a.epochs.size(), b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    EXPECT_EQ(a.epochs[i].training_loss, b.epochs[i].training_loss);
    EXPECT_EQ(a.epochs[i].validation_loss, b.epochs[i].validation_loss);
    EXPECT_EQ(a.epochs[i].learning_rate, b.epochs[i].learning_rate);
  }
}

void expect_same_bits(const CrossFitted& a, const CrossFitted& b) {
  ASSERT_EQ(a.records.size(), b.records.size());
  for (std::size_t n = 0; n < a.records.size(); ++n) {
    SCOPED_TRACE("network " + std::to_string(n));
    expect_same_bits(std::get<Network>(*a.ensemble->members()[n].member),
                     std::get<Network>(*b.ensemble->members()[n].member));
    expect_same_bits(*a.records[n], *b.records[n]);
  }
  EXPECT_EQ(a.reference.fold, b.reference.fold);
  EXPECT_EQ(a.reference.logits, b.reference.logits);
  EXPECT_EQ(a.generated.logits, b.generated.logits);
}

CrossFitted fit(const LabelledRows& rows, const CrossFitting& plan, unsigned threads, CheckpointStore* store) {
  CpuBackend backend(threads);
  JobControl control;
  return cross_fit(prepared(rows.reference, rows.generated), plan, backend, control, store);
}

NetworkLearner& networks_of(CrossFitting& plan) { return std::get<NetworkLearner>(plan.learners.front()); }

CrossFitting small_plan(Schedule schedule) {
  CrossFitting plan;
  plan.folds = 3;
  plan.members = 2;
  plan.learners = {NetworkLearner{}};
  networks_of(plan).shape.hidden = {24, 10};
  networks_of(plan).settings.batch_size = 32;
  networks_of(plan).settings.epochs = 7;
  networks_of(plan).settings.learning_rate = 0.01;
  networks_of(plan).settings.dropout = 0.2;
  networks_of(plan).settings.schedule = schedule;
  return plan;
}

/// Kills after every number of epochs and resumes with another number of threads. Gives the uninterrupted result.
CrossFitted expect_resumable(const LabelledRows& rows, const CrossFitting& plan) {
  const auto whole = fit(rows, plan, 1, nullptr);
  MemoryCheckpoints all;
  expect_same_bits(fit(rows, plan, 3, &all), whole);
  std::size_t longest = 0;
  for (const auto& [number, versions] : all.saved) {
    EXPECT_EQ(versions.size(), whole.records[number]->epochs.size()) << "one checkpoint an epoch";
    longest = std::max(longest, versions.size());
  }
  EXPECT_EQ(all.saved.size(), whole.records.size());
  for (std::size_t epochs = 0; epochs <= longest; ++epochs) {
    for (const unsigned threads : {1U, 3U}) {
      SCOPED_TRACE("killed after epoch " + std::to_string(epochs) + ", " + std::to_string(threads) + " threads");
      auto left = all.after(epochs);
      expect_same_bits(fit(rows, plan, threads, &left), whole);
      // Nothing is done again, and what is saved has the same bytes as it had.
      for (const auto& [number, versions] : all.saved) {
        const std::size_t before = std::min(epochs, versions.size());
        const std::size_t kept = before > 0 ? 1 : 0;
        EXPECT_EQ(left.saved[number].size() - kept, versions.size() - before);
        EXPECT_EQ(left.saved[number].back(), versions.back());
      }
    }
  }
  return whole;
}

TEST(Resume, EndsInTheSameBitsOnShowers) {
  const auto reference = features_of(random_showers(12, 130, 7), FeatureSetName::low);
  const auto generated = features_of(random_showers(12, 110, 8, 1.3), FeatureSetName::low);
  for (const auto schedule : {Schedule::constant, Schedule::cosine, Schedule::plateau}) {
    SCOPED_TRACE(name_of(schedule));
    expect_resumable({reference, generated}, small_plan(schedule));
  }
}

TEST(Resume, EndsInTheSameBitsOnAMatrix) {
  const auto reference = gaussian_matrix(120, 5, 0.7, 1), generated = gaussian_matrix(150, 5, 0, 2);
  for (const auto precision : {Precision::float32, Precision::bfloat16}) {
    auto plan = small_plan(Schedule::cosine);
    networks_of(plan).settings.dropout = precision == Precision::float32 ? 0 : 0.5;
    networks_of(plan).settings.precision = precision;
    networks_of(plan).shape.activation = Activation::gelu;
    expect_resumable({reference, generated}, plan);
  }
}

TEST(Resume, EndsInTheSameBitsWhenTrainingsStopEarly) {
  // Nothing to learn: the plateau goes back again and again, and the networks stop at different epochs.
  const auto reference = gaussian_matrix(80, 20, 0, 9), generated = gaussian_matrix(80, 20, 0, 10);
  for (const auto schedule : {Schedule::constant, Schedule::plateau}) {
    auto plan = small_plan(schedule);
    networks_of(plan).settings.epochs = 40;
    networks_of(plan).settings.patience = 4;
    const auto whole = expect_resumable({reference, generated}, plan);
    std::size_t shortest = 40, longest = 0;
    for (const auto& record : whole.records) {
      EXPECT_TRUE(record->stopped_early);
      shortest = std::min(shortest, record->epochs.size());
      longest = std::max(longest, record->epochs.size());
    }
    EXPECT_LT(shortest, longest);
  }
}

TEST(Resume, TrainsANetworkAnewWhoseCheckpointIsGone) {
  const auto reference = gaussian_matrix(60, 4, 1, 1), generated = gaussian_matrix(60, 4, 0, 2);
  const LabelledRows rows{reference, generated};
  const auto plan = small_plan(Schedule::plateau);
  MemoryCheckpoints all;
  const auto whole = fit(rows, plan, 2, &all);
  auto left = all.after(3);
  left.saved.erase(2);
  expect_same_bits(fit(rows, plan, 2, &left), whole);
}

TEST(Resume, CountsTheRowsThatWereDoneBefore) {
  const auto reference = gaussian_matrix(60, 4, 1, 1), generated = gaussian_matrix(60, 4, 0, 2);
  const LabelledRows rows{reference, generated};
  const auto plan = small_plan(Schedule::constant);
  MemoryCheckpoints all;
  fit(rows, plan, 1, &all);
  for (const std::size_t epochs : {0, 3, 7}) {
    auto left = all.after(epochs);
    std::vector<double> done;
    double total = 0;
    JobControl control([&](const Progress& progress) {
      if (progress.message != "training") return;
      done.push_back(progress.done);
      total = progress.total;
    });
    CpuBackend backend(1);
    cross_fit(prepared(reference, generated), plan, backend, control, &left);
    ASSERT_FALSE(done.empty());
    EXPECT_EQ(done.back(), total);
    const double of_one = total / 6;  // six networks
    EXPECT_GE(done.front(), of_one * static_cast<double>(epochs) / 7);
  }
}

/// The disk is full from the n-th save on.
class FullStore : public MemoryCheckpoints {
 public:
  explicit FullStore(int room) : room_(room) {}
  void save(std::uint32_t number, std::span<const std::span<const std::byte>> pieces) override {
    if (room_-- <= 0) throw Error(ErrorCode::output, "no room");
    MemoryCheckpoints::save(number, pieces);
  }

 private:
  std::atomic<int> room_;
};

TEST(Resume, GoesOnAfterADiskWasFull) {
  const auto reference = gaussian_matrix(60, 4, 1, 1), generated = gaussian_matrix(60, 4, 0, 2);
  const LabelledRows rows{reference, generated};
  const auto plan = small_plan(Schedule::plateau);
  const auto whole = fit(rows, plan, 1, nullptr);
  for (const int room : {0, 1, 6}) {
    FullStore full(room);
    EXPECT_EQ(thrown_code([&] { fit(rows, plan, 2, &full); }), ErrorCode::output);
    MemoryCheckpoints left;
    left.saved = full.saved;
    expect_same_bits(fit(rows, plan, 2, &left), whole);
  }
}

TEST(Resume, GoesOnAfterACancellation) {
  const auto reference = gaussian_matrix(200, 4, 1, 1), generated = gaussian_matrix(200, 4, 0, 2);
  const LabelledRows rows{reference, generated};
  const auto plan = small_plan(Schedule::plateau);
  const auto whole = fit(rows, plan, 1, nullptr);
  MemoryCheckpoints store;
  // In the middle of epochs, again and again.
  for (const int batches : {5, 50, 30, 70}) {
    std::atomic<int> seen{0};
    JobControl* running = nullptr;
    JobControl control([&](const Progress&) {
      if (++seen == batches) running->cancel();
    });
    running = &control;
    CpuBackend backend(2);
    EXPECT_EQ(thrown_code([&] { cross_fit(prepared(reference, generated), plan, backend, control, &store); }), ErrorCode::cancelled);
  }
  EXPECT_FALSE(store.saved.empty());
  expect_same_bits(fit(rows, plan, 3, &store), whole);
}

}  // namespace
}  // namespace caloscope
