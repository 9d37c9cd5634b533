#include "core/training/network_training.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <numeric>
#include <thread>

#include "core/run/error.h"
#include "cpu/cpu_backend.h"
#include "test/support/naive_training.h"
#include "test/support/same_bits.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"
#include "test/support/training_tasks.h"

namespace caloscope {
namespace {

TrainedNetwork train(const TrainingTask& task, const LabelledRows& rows, unsigned threads = 1) {
  CpuBackend backend(threads);
  JobControl control;
  return backend.train(std::vector{task}, rows, control).front();
}

std::optional<ErrorCode> code_of_training(const TrainingTask& task, const LabelledRows& rows) {
  return thrown_code([&] { train(task, rows); });
}

/// Trains, repeats it in double, and compares losses, rates and the parameters of the best epoch.
void expect_equal_to_naive(const TrainingTask& task, const LabelledRows& rows) {
  const auto trained = train(task, rows);
  naive::Training naive(task, rows, trained.network.standardisation);
  // What float32 and double put on different sides of a rounding differs by 2⁻⁸ of itself.
  const double loss_tolerance = task.settings.precision == Precision::bfloat16 ? 3e-4 : 1e-5;
  const double tolerance = task.settings.precision == Precision::bfloat16 ? 4e-3 : 2e-5;
  naive::Parameters best, best_so_far;
  double lowest = std::numeric_limits<double>::infinity();
  for (std::uint32_t epoch = 0; epoch < trained.record.epochs.size(); ++epoch) {
    const auto& entry = trained.record.epochs[epoch];
    EXPECT_NEAR(entry.training_loss, naive.run_epoch(epoch), loss_tolerance);
    EXPECT_NEAR(entry.validation_loss, naive.validation_loss(), 2 * loss_tolerance);
    EXPECT_NEAR(entry.learning_rate, naive.last_rate(), 1e-12) << "epoch " << epoch;
    if (epoch == trained.record.best_epoch) best = naive.parameters();
    const bool progress = entry.validation_loss < lowest - 1e-4;
    if (entry.validation_loss < lowest) {
      lowest = entry.validation_loss;
      best_so_far = naive.parameters();
    }
    if (!progress && task.settings.schedule == Schedule::plateau) naive.go_back(best_so_far);
  }
  const auto parameters = naive::parameters_of(trained.network);
  for (std::size_t b = 0; b < best.size(); ++b) {
    for (std::size_t t = 0; t < best[b].size(); ++t) {
      for (std::size_t i = 0; i < best[b][t].size(); ++i) {
        ASSERT_NEAR(parameters[b][t][i], best[b][t][i], tolerance) << "block " << b << ", tensor " << t << ", " << i;
      }
    }
  }
}

TEST(NaiveTraining, HasTheGradientsOfItsLoss) {
  const auto reference = gaussian_matrix(12, 4, 0.5, 1), generated = gaussian_matrix(20, 4, 0, 2);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {6, 5}, 2);
  task.settings.dropout = 0.3;
  naive::Training naive(task, rows, {{0, 0, 0, 0}, {1, 1, 1, 1}, {5, 5, 5, 5}});
  const auto gradient = naive.gradients(task.training_rows, 1, 0);
  for (std::size_t b = 0; b < gradient.size(); ++b) {
    for (std::size_t t = 0; t < gradient[b].size(); ++t) {
      for (std::size_t i = 0; i < gradient[b][t].size(); ++i) {
        double& parameter = naive.parameters()[b][t][i];
        const double value = parameter;
        parameter = value + 1e-5;
        const double above = naive.batch_loss(task.training_rows, 1, 0);
        parameter = value - 1e-5;
        const double below = naive.batch_loss(task.training_rows, 1, 0);
        parameter = value;
        ASSERT_NEAR(gradient[b][t][i], (above - below) / 2e-5, 1e-8) << "block " << b << ", tensor " << t << ", " << i;
      }
    }
  }
}

TEST(Trainer, TakesTheStepsOfADoublePrecisionLoopOnAMatrix) {
  const auto reference = gaussian_matrix(120, 7, 0.8, 1), generated = gaussian_matrix(290, 7, 0, 2);
  const LabelledRows rows{reference, generated};
  for (const auto activation : {Activation::leaky_relu, Activation::elu, Activation::gelu, Activation::silu,
                                Activation::tanh, Activation::relu}) {
    SCOPED_TRACE(static_cast<int>(activation));
    auto task = task_on(rows, {19, 10}, 20);
    task.shape.activation = activation;
    expect_equal_to_naive(task, rows);
  }
}

TEST(Trainer, TakesTheStepsOfADoublePrecisionLoopOnWeightedRows) {
  const auto reference = gaussian_matrix(120, 7, 0.8, 1), generated = gaussian_matrix(290, 7, 0, 2);
  std::vector<double> weights;
  for (int row = 0; row < 410; ++row) weights.push_back(row % 9 == 0 ? -0.75 : 0.5 + row % 4);
  const LabelledRows rows{reference, generated, {}, weights};
  expect_equal_to_naive(task_on(rows, {19, 10}, 20), rows);
  const std::vector<double> none(410, -1);
  const LabelledRows weightless{reference, generated, {}, none};
  EXPECT_EQ(code_of_training(task_on(weightless, {5}, 20), weightless), ErrorCode::argument);
}

TEST(Trainer, TakesTheStepsOfADoublePrecisionLoopOnShowers) {
  for (const auto set : {FeatureSetName::full, FeatureSetName::low, FeatureSetName::low_normalised, FeatureSetName::high}) {
    // Few hits go through the sparse kernel, many through the dense one.
    for (const double occupancy : {0.15, 0.5}) {
      const auto reference = features_of(random_showers(12, 150, 3, 1, occupancy), set);
      const auto generated = features_of(random_showers(12, 90, 4, 1.5, occupancy), set);
      const LabelledRows rows{reference, generated};
      SCOPED_TRACE(testing::Message() << static_cast<int>(set) << ", occupancy " << occupancy);
      expect_equal_to_naive(task_on(rows, {14, 6}, 15), rows);
    }
  }
}

TEST(Trainer, TakesTheStepsOfADoublePrecisionLoopForEverySetting) {
  const auto reference = features_of(random_showers(12, 130, 5), FeatureSetName::low_normalised);
  const auto generated = features_of(random_showers(12, 130, 6, 1.2), FeatureSetName::low_normalised);
  const LabelledRows rows{reference, generated};
  const auto with = [&](const char* what, const auto& change) {
    SCOPED_TRACE(what);
    auto task = task_on(rows, {13, 9}, 10);
    change(task);
    expect_equal_to_naive(task, rows);
  };
  with("dropout", [](auto& task) { task.settings.dropout = 0.35; });
  with("strong decay", [](auto& task) { task.settings.weight_decay = 5; });
  with("no decay", [](auto& task) { task.settings.weight_decay = 0; });
  with("betas", [](auto& task) { task.settings.beta1 = 0.5, task.settings.beta2 = 0.8, task.settings.epsilon = 1e-3; });
  with("constant rate", [](auto& task) { task.settings.schedule = Schedule::constant; });
  with("plateau, with steps back", [](auto& task) {
    task.settings.schedule = Schedule::plateau;
    task.settings.learning_rate = 0.02;
    task.settings.epochs = 8;
    task.settings.patience = 4;
  });
  with("one epoch", [](auto& task) { task.settings.epochs = 1; });
  with("a batch of all rows", [](auto& task) { task.settings.batch_size = 100000; });
  with("batches of one row", [](auto& task) { task.settings.batch_size = 1, task.settings.epochs = 1; });
  with("no hidden layer", [](auto& task) { task.shape.hidden.clear(); });
  with("width 1", [](auto& task) { task.shape.hidden = {1}; });
  with("another network", [](auto& task) { task.number = 9; });
}

TEST(Trainer, WithBfloat16TakesTheStepsOfALoopOverRoundedFactors) {
  for (const double occupancy : {0.15, 0.7}) {
    const auto reference = features_of(random_showers(12, 150, 3, 1, occupancy), FeatureSetName::low);
    const auto generated = features_of(random_showers(12, 91, 4, 1.5, occupancy), FeatureSetName::low);
    const LabelledRows rows{reference, generated};
    auto task = task_on(rows, {14, 6}, 15);
    task.shape.activation = Activation::leaky_relu;
    task.settings.dropout = 0.2;
    task.settings.precision = Precision::bfloat16;
    expect_equal_to_naive(task, rows);
    const auto rounded = train(task, rows);
    expect_same_bits(train(task, rows, 3).network, rounded.network);
    task.settings.precision = Precision::float32;
    EXPECT_NE(tensors_of(train(task, rows).network), tensors_of(rounded.network));
  }
}

TEST(Trainer, GivesTheSameBitsOnAnyNumberOfThreads) {
  const auto reference = features_of(random_showers(12, 400, 7), FeatureSetName::low);
  const auto generated = features_of(random_showers(12, 400, 8, 1.3), FeatureSetName::low);
  const LabelledRows rows{reference, generated};
  // More than one tile of rows, of columns and of parameters.
  auto task = task_on(rows, {260, 140}, 30);
  task.settings.batch_size = 250;
  task.settings.epochs = 2;
  task.settings.dropout = 0.2;
  std::vector<TrainingTask> tasks;
  for (std::uint32_t number = 0; number < 4; ++number) {
    task.number = number;
    tasks.push_back(task);
  }
  JobControl control;
  const auto expected = CpuBackend(1).train(tasks, rows, control);
  EXPECT_NE(tensors_of(expected[0].network), tensors_of(expected[1].network));
  for (const unsigned threads : {2U, 3U, 5U, 8U}) {
    for (const std::size_t count : {1, 2, 4}) {
      const auto trained = CpuBackend(threads).train(std::span(tasks).first(count), rows, control);
      ASSERT_EQ(trained.size(), count);
      for (std::size_t n = 0; n < count; ++n) {
        SCOPED_TRACE(std::to_string(threads) + " threads, network " + std::to_string(n));
        expect_same_bits(trained[n].network, expected[n].network);
        EXPECT_EQ(trained[n].record.best_epoch, expected[n].record.best_epoch);
        EXPECT_EQ(trained[n].record.epochs.back().training_loss, expected[n].record.epochs.back().training_loss);
      }
    }
  }
}

TEST(Trainer, StopsEarlyAndKeepsTheBestEpoch) {
  // Nothing to learn: the validation loss soon rises.
  const auto reference = gaussian_matrix(60, 20, 0, 9), generated = gaussian_matrix(60, 20, 0, 10);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {64}, 20);
  task.settings.epochs = 100;
  task.settings.learning_rate = 1e-2;
  task.settings.patience = 4;
  const auto trained = train(task, rows);
  const auto& record = trained.record;
  EXPECT_EQ(record.training_rows, 80U);
  EXPECT_EQ(record.validation_rows, 40U);
  EXPECT_TRUE(record.stopped_early);
  // Four epochs in a row that gain less than 1e-4 nats on the best before them.
  std::uint32_t idle = 0;
  double lowest = std::numeric_limits<double>::infinity();
  for (std::uint32_t epoch = 0; epoch < record.epochs.size(); ++epoch) {
    EXPECT_LT(idle, 4U) << "went on after four idle epochs";
    const double validation = record.epochs[epoch].validation_loss;
    idle = validation < lowest - 1e-4 ? 0 : idle + 1;
    lowest = std::min(lowest, validation);
  }
  EXPECT_EQ(idle, 4U);
  EXPECT_EQ(record.epochs[record.best_epoch].validation_loss, lowest);
  double loss = 0;
  for (const auto row : task.validation_rows) {
    const double z = naive::logit(trained.network, rows.table_of(row), rows.row_in_table(row));
    loss += std::log(1 + std::exp(rows.is_reference(row) ? -z : z)) / 40;
  }
  EXPECT_NEAR(loss, record.epochs[record.best_epoch].validation_loss, 1e-6);
}

TEST(Trainer, LearnsALogarithmOfADensityRatio) {
  // Two normals a distance d apart: ln p1/p0 = d·x − d²/2, whatever the sizes of the samples.
  constexpr double distance = 1;
  const auto reference = gaussian_matrix(20000, 1, distance, 11), generated = gaussian_matrix(5000, 1, 0, 12);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {}, 500);
  task.settings.epochs = 30;
  task.settings.weight_decay = 0;
  const auto trained = train(task, rows);
  const FeatureTable points({-1, 0, 0.5F, 1, 2}, 1);
  for (std::uint32_t i = 0; i < 5; ++i) {
    const double x = points.scalars_of(i)[0];
    EXPECT_NEAR(naive::logit(trained.network, points, i), distance * x - distance * distance / 2, 0.08);
  }
}

TEST(Trainer, RefusesToDiverge) {
  const auto reference = gaussian_matrix(50, 3, 1, 13), generated = gaussian_matrix(50, 3, 0, 14);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {8, 8}, 5);
  task.settings.learning_rate = 1e30;
  task.settings.epochs = 20;
  task.settings.patience = 100;
  EXPECT_EQ(code_of_training(task, rows), ErrorCode::training);
}

TEST(Trainer, TrainsOnOneRowAClass) {
  const FeatureTable reference({1, 2}, 1), generated({-1, -2}, 1);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {1}, 1);
  task.settings.batch_size = 1 << 20;
  const auto trained = train(task, rows);
  EXPECT_EQ(trained.record.training_rows, 2U);
  EXPECT_TRUE(std::isfinite(trained.record.epochs.back().validation_loss));
}

TEST(TrainerCancel, LeavesWithinMilliseconds) {
  const auto reference = gaussian_matrix(4000, 400, 0.1, 20), generated = gaussian_matrix(4000, 400, 0, 21);
  const LabelledRows rows{reference, generated};
  auto task = task_on(rows, {512, 512}, 500);
  task.settings.batch_size = 1024;
  task.settings.epochs = 1000;
  for (const int delay : {0, 1, 40, 90}) {
    JobControl control;
    std::chrono::steady_clock::time_point cancelled;
    std::thread canceller([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(delay));
      cancelled = std::chrono::steady_clock::now();
      control.cancel();
    });
    CpuBackend backend(2);
    try {
      backend.train(std::vector{task, task}, rows, control);
      ADD_FAILURE() << "the training went on to its end";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
    const auto now = std::chrono::steady_clock::now();
    canceller.join();
    const double milliseconds = std::chrono::duration<double, std::milli>(now - cancelled).count();
    // Sanitizers and a busy machine slow it down; the usual delay is printed.
    EXPECT_LT(milliseconds, 1000);
    std::printf("cancelled after %d ms: left within %.1f ms\n", delay, milliseconds);
  }
}

}  // namespace
}  // namespace caloscope
