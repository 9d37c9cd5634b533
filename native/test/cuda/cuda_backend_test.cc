#include "cuda/cuda_backend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "core/histograms/weighted_histogram.h"
#include "core/run/error.h"
#include "core/statistics/rank_statistics.h"
#include "cpu/cpu_backend.h"
#include "cuda/cuda_devices.h"
#include "cuda/trials.h"
#include "test/support/memory_checkpoints.h"
#include "test/support/random_networks.h"
#include "test/support/same_bits.h"
#include "test/support/thrown_code.h"
#include "test/support/training_tasks.h"

namespace caloscope {
namespace {

TEST(CudaDevices, AreThereOrTheReasonIs) {
  const auto found = find_cuda_devices();
  EXPECT_EQ(found.list.empty(), !found.reason.empty());
  for (const auto& device : found.list) {
    EXPECT_FALSE(device.name.empty());
    EXPECT_GE(device.major, 8);
    EXPECT_GT(device.memory, std::uint64_t{1} << 28);
  }
}

TEST(CudaDevices, ThatAreNotThereAreRefused) {
  EXPECT_EQ(thrown_code([] { make_cuda_backend({1000}, 1); }), ErrorCode::device);
  EXPECT_EQ(thrown_code([] { make_cuda_backend({-1}, 1); }), ErrorCode::device);
}

/// Everything that the device does against what the CPU does. Fresh device memory is filled with NaN.
class Cuda : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = find_cuda_devices();
    if (found.list.empty()) GTEST_SKIP() << found.reason;
    cuda::try_allocations(std::numeric_limits<int>::max());
    for (const auto& device : found.list) {
      if (device.major == found.list[0].major && device.minor == found.list[0].minor) devices_.push_back(device.number);
    }
    backend_ = make_cuda_backend({devices_.front()}, 2);
  }
  void TearDown() override {
    cuda::try_allocations(-1);
    cuda::try_calls(-1);
    cuda::try_free_memory(0);
  }

  std::vector<float> scored(Backend& backend, std::span<const Network> networks, const FeatureTable& table,
                            std::span<const std::uint32_t> rows, Precision precision) {
    return backend.load(shared({networks.begin(), networks.end()}), precision)->predict(table, rows, 2, control_);
  }

  CpuBackend cpu_{2};
  std::vector<int> devices_;  ///< of one kind
  std::unique_ptr<Backend> backend_;
  JobControl control_;
};

TEST_F(Cuda, ScoresAsTheCpu) {
  const auto rows = row_numbers(70);
  struct Shape {
    std::vector<std::uint32_t> hidden;
    Activation activation;
  };
  std::vector<Shape> shapes;
  for (const auto activation : {Activation::relu, Activation::leaky_relu, Activation::elu, Activation::gelu,
                                Activation::silu, Activation::tanh}) {
    shapes.push_back({{7, 5}, activation});
  }
  for (const std::vector<std::uint32_t>& hidden :
       {std::vector<std::uint32_t>{}, {1}, {3}, {33, 16, 3}, {130}, {200, 65}}) {
    shapes.push_back({hidden, Activation::leaky_relu});
  }
  for (const auto& table : tables()) {
    for (const auto& [hidden, activation] : shapes) {
      const std::vector networks{random_network(table, hidden, activation), random_network(table, {5}, activation)};
      for (const auto precision : {Precision::float32, Precision::bfloat16}) {
        const auto expected = scored(cpu_, networks, table, rows, precision);
        const auto logits = scored(*backend_, networks, table, rows, precision);
        ASSERT_EQ(logits.size(), expected.size());
        for (std::size_t i = 0; i < logits.size(); ++i) {
          // Rounded activations that differ in a last digit of float32 may differ by 2⁻⁸ of themselves.
          const double tolerance = precision == Precision::float32 ? 6e-6 : 2e-2;
          ASSERT_NEAR(logits[i], expected[i], tolerance * (1 + std::fabs(expected[i])))
              << "activation " << static_cast<int>(activation) << ", " << hidden.size() << " hidden layers, " << i;
        }
      }
    }
  }
}

TEST_F(Cuda, ScoresAnyRowsInAnyOrder) {
  const auto table = features_of(random_showers(12, 2000, 5, 1, 0.4), FeatureSetName::low);
  const std::vector networks{random_network(table, {31, 8}, Activation::leaky_relu)};
  const auto rows = row_numbers(table.rows());
  const auto all = scored(*backend_, networks, table, rows, Precision::float32);
  EXPECT_TRUE(scored(*backend_, networks, table, {}, Precision::float32).empty());
  const std::vector<std::uint32_t> some{1999, 0, 0, 17};
  EXPECT_EQ(scored(*backend_, networks, table, some, Precision::float32),
            (std::vector<float>{all[1999], all[0], all[0], all[17]}));
  // Some 25 batches.
  cuda::try_free_memory(150'000);
  EXPECT_EQ(scored(*backend_, networks, table, rows, Precision::float32), all);
}

TEST_F(Cuda, GivesNaNForAnUnboundedActivation) {
  const auto table = gaussian_matrix(3, 2, 0, 1);
  std::vector networks{random_network(table, {4}, Activation::leaky_relu)};
  std::get<LinearBlock>(networks[0].blocks[0]).weight.assign(8, 3e38F);
  std::get<LinearBlock>(networks[0].blocks[1]).weight = {3e38F, -3e38F, 3e38F, -3e38F};
  for (auto* column : {&networks[0].standardisation.scale, &networks[0].standardisation.clip}) column->assign(2, 1e30F);
  const auto expected = scored(cpu_, networks, table, row_numbers(table.rows()), Precision::float32);
  const auto logits = scored(*backend_, networks, table, row_numbers(table.rows()), Precision::float32);
  for (std::size_t row = 0; row < 3; ++row) EXPECT_EQ(std::isfinite(logits[row]), std::isfinite(expected[row]));
}

/// Losses and parameters after a few epochs, where the roundings of float32 have not grown yet.
void expect_alike(const TrainedNetwork& network, const TrainedNetwork& expected, double tolerance) {
  ASSERT_EQ(network.record.epochs.size(), expected.record.epochs.size());
  for (std::size_t epoch = 0; epoch < expected.record.epochs.size(); ++epoch) {
    EXPECT_NEAR(network.record.epochs[epoch].training_loss, expected.record.epochs[epoch].training_loss, tolerance);
    EXPECT_NEAR(network.record.epochs[epoch].validation_loss, expected.record.epochs[epoch].validation_loss, tolerance);
  }
  const auto tensors = tensors_of(network.network);
  for (const auto& [name, values] : tensors_of(expected.network)) {
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(tensors.at(name)[i], values[i], tolerance) << name << ", " << i;
  }
}

TEST_F(Cuda, TrainsAsTheCpu) {
  const auto reference = features_of(random_showers(12, 70, 1, 1.3, 0.3), FeatureSetName::low);
  const auto generated = features_of(random_showers(12, 110, 2, 1, 0.3), FeatureSetName::low);
  const LabelledRows rows{reference, generated};
  for (const auto activation : {Activation::leaky_relu, Activation::gelu, Activation::tanh}) {
    for (const double dropout : {0.0, 0.3}) {
      for (const auto precision : {Precision::float32, Precision::bfloat16}) {
        auto task = task_on(rows, {19, 10}, 20);
        task.shape.activation = activation;
        task.settings.dropout = dropout;
        task.settings.precision = precision;
        const std::vector tasks{task};
        const auto expected = cpu_.train(tasks, rows, control_);
        expect_alike(backend_->train(tasks, rows, control_)[0], expected[0], precision == Precision::float32 ? 4e-5 : 8e-3);
      }
    }
  }
}

TEST_F(Cuda, TrainsToTheSameBitsEachTimeAloneAndOnTwoDevices) {
  const auto reference = gaussian_matrix(140, 9, 0.8, 1), generated = gaussian_matrix(100, 9, 0, 2);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {70, 30}, 50);
  task.settings.dropout = 0.2;
  task.settings.epochs = 1;
  std::vector tasks{task, task, task};
  for (std::uint32_t t = 0; t < 3; ++t) tasks[t].number = t;
  const auto first = backend_->train(tasks, rows, control_);
  const auto again = backend_->train(tasks, rows, control_);
  const auto on_two = make_cuda_backend({devices_.front(), devices_.back()}, 2)->train(tasks, rows, control_);
  for (std::size_t t = 0; t < 3; ++t) {
    expect_same_bits(again[t].network, first[t].network);
    expect_same_bits(on_two[t].network, first[t].network);
    expect_same_bits(backend_->train(std::span(&tasks[t], 1), rows, control_)[0].network, first[t].network);
  }
}

HistogramSums filled(Backend& backend, const std::vector<HistogramAxis>& axes, std::vector<bool> weighted,
                     std::span<const ColumnView> coordinates, std::span<const ColumnView> weights, std::size_t rows) {
  const WeightedHistogram histogram(axes, weighted.size());
  const auto fill = backend.start_fill(histogram.fill_plan(std::move(weighted), rows));
  const JobControl control;
  fill->add(coordinates, weights, control);
  HistogramSums sums(fill->plan().cells(), fill->plan().weighted.size());
  fill->add_to(sums);
  return sums;
}

TEST_F(Cuda, FillsAsTheCpu) {
  constexpr std::size_t rows = 20'000;
  RandomStream random(7, 7);
  std::vector<double> x(rows), w(rows);
  std::vector<float> y(rows), v(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    x[row] = random.normal();
    y[row] = static_cast<float>(std::exp(3 * random.normal()));
    w[row] = random.normal();
    v[row] = static_cast<float>(random.uniform());
  }
  x[5] = std::numeric_limits<double>::quiet_NaN();
  x[6] = std::numeric_limits<double>::infinity();
  y[7] = -1;
  const std::vector<std::vector<HistogramAxis>> all_axes{
      {HistogramAxis::regular(12, -2, 2, UpperEdge::overflow), HistogramAxis::logarithmic(5, 1e-2, 1e2, UpperEdge::last_bin)},
      {HistogramAxis::variable({-3, -1, 0, 0.1, 4}, UpperEdge::overflow), HistogramAxis::regular(1, 0, 1, UpperEdge::overflow)}};
  const std::vector<ColumnView> coordinates{std::span<const double>(x), std::span<const float>(y)};
  const std::vector<ColumnView> weights{std::span<const double>(w), std::monostate(), std::span<const float>(v)};
  for (const auto& axes : all_axes) {
    const auto expected = filled(cpu_, axes, {true, false, true}, coordinates, weights, rows);
    const auto sums = filled(*backend_, axes, {true, false, true}, coordinates, weights, rows);
    EXPECT_EQ(sums.entries, expected.entries);
    EXPECT_EQ(sums.nan_entries, 1U);
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      ASSERT_NEAR(sums.values[i], expected.values[i], 1e-11 * (1 + expected.variances[i])) << i;
      ASSERT_NEAR(sums.variances[i], expected.variances[i], 1e-12 * expected.variances[i]) << i;
    }
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(sums.nan_values[c], expected.nan_values[c]);
    const auto again = filled(*backend_, axes, {true, false, true}, coordinates, weights, rows);
    EXPECT_EQ(again.values, sums.values);
  }
  w[17'000] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(thrown_code([&] { filled(*backend_, all_axes[0], {true, false, true}, coordinates, weights, rows); }),
            ErrorCode::non_finite);
}

/// Logits of all sizes; in the first rows of the first member what is no number that weights can be made of.
std::vector<double> logits_of_all_sizes(std::size_t rows, std::size_t members) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  RandomStream random(8, 8);
  std::vector<double> logits(rows * members);
  for (double& l : logits) l = std::pow(10, static_cast<double>(random.below(4)) - 1) * random.normal();
  const double odd[] = {std::nan(""), infinity, -infinity, 1e308, -1e308, 0, 750, -750};
  for (std::size_t row = 0; row < std::min(rows, std::size(odd)); ++row) logits[row] = odd[row];
  return logits;
}

void expect_equal(const std::vector<double>& numbers, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(numbers.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::isfinite(expected[i])) ASSERT_NEAR(numbers[i], expected[i], tolerance * (1 + std::fabs(expected[i]))) << i;
    else ASSERT_TRUE(numbers[i] == expected[i] || std::isnan(expected[i]) == std::isnan(numbers[i])) << i;
  }
}

TEST_F(Cuda, WeighsAsTheCpu) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [rows, members] : {std::pair{1U, 1U}, {1000U, 1U}, {20'011U, 5U}}) {
    const auto logits = logits_of_all_sizes(rows, members);
    const std::vector<float> narrow(logits.begin(), logits.end());
    for (const auto rule : {EnsembleRule::mean_logit, EnsembleRule::mean_probability, EnsembleRule::mean_weight}) {
      for (const WeightRule& weights : {WeightRule{rule, 0.25, -infinity, infinity}, WeightRule{rule, 0, -1, 2}}) {
        for (const LogitView& view : {LogitView(std::span<const double>(logits)), LogitView(std::span<const float>(narrow))}) {
          const auto expected = cpu_.weigh(view, members, weights, control_);
          const auto made = backend_->weigh(view, members, weights, control_);
          expect_equal(made.log_weights, expected.log_weights, 1e-13);
          expect_equal(made.member_spreads, expected.member_spreads, 1e-13);
          // exp turns an absolute error of ln w, which is up to some hundred, into a relative one.
          expect_equal(made.weights, expected.weights, 1e-10);
          EXPECT_EQ(made.non_finite, expected.non_finite);
          EXPECT_EQ(made.below, expected.below);
          EXPECT_EQ(made.above, expected.above);
        }
      }
    }
  }
}

TEST_F(Cuda, WeighsMoreRowsThanAreOnTheDeviceTogether) {
  const auto logits = logits_of_all_sizes(1'050'000, 2);
  const WeightRule rule{EnsembleRule::mean_probability, 0, -1, 2};
  const auto expected = cpu_.weigh(std::span<const double>(logits), 2, rule, control_);
  const auto made = backend_->weigh(std::span<const double>(logits), 2, rule, control_);
  expect_equal(made.log_weights, expected.log_weights, 1e-13);
  EXPECT_EQ(made.non_finite, expected.non_finite);
  EXPECT_EQ(made.below, expected.below);
  EXPECT_EQ(made.above, expected.above);
}

TEST_F(Cuda, SortsAsTheCpu) {
  RandomStream random(9, 9);
  for (const std::size_t rows : {0U, 1U, 2U, 129U, 100'000U}) {
    std::vector<std::uint64_t> keys;
    std::vector<WeightedScore> scores;
    for (std::size_t row = 0; row < rows; ++row) {
      // Rounded, so that many are equal: their weights keep the order.
      keys.push_back(score_key(std::round(100 * random.normal()) / 100));
      scores.push_back({keys.back(), static_cast<double>(row)});
    }
    auto expected = keys;
    auto expected_scores = scores;
    cpu_.sort(expected, control_);
    cpu_.sort(expected_scores, control_);
    backend_->sort(keys, control_);
    backend_->sort(scores, control_);
    EXPECT_EQ(keys, expected);
    for (std::size_t row = 0; row < rows; ++row) {
      ASSERT_EQ(scores[row].key, expected_scores[row].key);
      ASSERT_EQ(scores[row].weight, expected_scores[row].weight);
    }
  }
}

TEST_F(Cuda, TrainsOnSamplesThatDoNotFitTheMemory) {
  const auto reference = features_of(random_showers(12, 70, 1, 1.3, 0.3), FeatureSetName::low);
  const auto generated = features_of(random_showers(12, 110, 2, 1, 0.3), FeatureSetName::low);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {19, 10}, 20);
  task.settings.dropout = 0.3;
  const std::vector tasks{task};
  const auto resident = backend_->train(tasks, rows, control_);
  cuda::try_free_memory(20'000);
  expect_same_bits(backend_->train(tasks, rows, control_)[0].network, resident[0].network);
}

TEST_F(Cuda, GoesOnFromACheckpoint) {
  const auto reference = gaussian_matrix(100, 9, 0.8, 1), generated = gaussian_matrix(120, 9, 0, 2);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {30, 11}, 50);
  task.settings.dropout = 0.2;
  task.settings.schedule = Schedule::plateau;
  task.settings.epochs = 4;
  const std::vector tasks{task};
  const auto whole = backend_->train(tasks, rows, control_);
  MemoryCheckpoints all;
  const auto trained_with = [&](MemoryCheckpoints& store) {
    const Checkpoints checkpoints(store, {}, {});
    return backend_->train(tasks, rows, control_, &checkpoints);
  };
  expect_same_bits(trained_with(all)[0].network, whole[0].network);
  for (std::size_t epochs = 1; epochs <= 4; ++epochs) {
    MemoryCheckpoints left = all.after(epochs);
    expect_same_bits(trained_with(left)[0].network, whole[0].network);
  }
}

/// All that is requested of a device, once, on a small sample.
class SmallJob {
 public:
  void run(Backend& backend, JobControl& control) const {
    const LabelledRows rows{reference_, generated_};
    auto task = task_on(rows, {5}, 10);
    task.settings.epochs = 1;
    const std::vector networks{backend.train(std::vector{task}, rows, control)[0].network};
    const auto predictor = backend.load(shared(networks), Precision::float32);
    const auto logits = predictor->predict(reference_, row_numbers(reference_.rows()), 2, control);
    backend.weigh(std::span<const float>(logits), 1, {EnsembleRule::mean_logit, 0, -10, 10}, control);
    auto keys = ScoreSample(std::span<const float>(logits)).keys();
    backend.sort(keys, control);
    const std::vector<ColumnView> column{std::span<const float>(logits)};
    filled(backend, {HistogramAxis::regular(4, -1, 1, UpperEdge::overflow)}, {true}, column, column, logits.size());
  }

 private:
  FeatureTable reference_ = features_of(random_showers(12, 30, 1, 1.3, 0.3), FeatureSetName::low);
  FeatureTable generated_ = features_of(random_showers(12, 30, 2, 1, 0.3), FeatureSetName::low);
};

/// Lets the first, the second, … of something fail until none does; each must throw `expected`. Says how many there were.
int failures_of(Backend& backend, JobControl& control, void (*try_number)(int), int most, ErrorCode expected) {
  const SmallJob job;
  for (int number = 0; number < most; ++number) {
    try_number(number);
    const auto code = thrown_code([&] { job.run(backend, control); });
    if (!code) return number;
    EXPECT_EQ(code, expected) << number;
    if (code != expected) return number;
  }
  ADD_FAILURE() << "still failing";
  return most;
}

TEST_F(Cuda, GoesOnAfterMemoryWasUsedUpAnywhere) {
  EXPECT_GT(failures_of(*backend_, control_, cuda::try_allocations, 500, ErrorCode::memory), 20);
}

TEST_F(Cuda, GoesOnAfterAnyCallHasFailed) {
  EXPECT_GT(failures_of(*backend_, control_, cuda::try_calls, 5000, ErrorCode::device), 50);
}

TEST_F(Cuda, LeavesInTheMiddleOfATraining) {
  const auto table = gaussian_matrix(2000, 3, 0, 1);
  const LabelledRows rows{table, table};
  auto task = task_on(rows, {5}, 10);
  task.settings.epochs = 1000;
  JobControl* running = nullptr;
  JobControl control([&](const Progress& progress) {
    if (progress.done > 100) running->cancel();
  });
  running = &control;
  EXPECT_EQ(thrown_code([&] { backend_->train(std::vector{task}, rows, control); }), ErrorCode::cancelled);
  task.settings.epochs = 1;
  EXPECT_EQ(backend_->train(std::vector{task}, rows, control_).size(), 1U);
}

TEST_F(Cuda, LeavesWhenItIsCancelled) {
  const auto table = gaussian_matrix(100, 3, 0, 1);
  const std::vector networks{random_network(table, {4}, Activation::relu)};
  control_.cancel();
  EXPECT_EQ(thrown_code([&] { scored(*backend_, networks, table, row_numbers(table.rows()), Precision::float32); }),
            ErrorCode::cancelled);
  const LabelledRows rows{table, table};
  const std::vector tasks{task_on(rows, {5}, 10)};
  EXPECT_EQ(thrown_code([&] { backend_->train(tasks, rows, control_); }), ErrorCode::cancelled);
}

}  // namespace
}  // namespace caloscope
