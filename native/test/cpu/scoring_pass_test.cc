#include "cpu/scoring_pass.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/run/error.h"
#include "cpu/cpu_backend.h"
#include "test/support/naive_network.h"
#include "test/support/random_networks.h"
#include "test/support/small_samples.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

std::vector<float> predicted(const Network& network, const FeatureTable& table, const std::vector<std::uint32_t>& rows,
                             std::size_t tile, Precision precision = Precision::float32) {
  const std::uint32_t dense = cpu::dense_inputs(network, table, crowded(precision).forward);
  const cpu::LoadedNetwork loaded(network, dense, precision);
  InputTile input;
  cpu::ScoringScratch scratch;
  std::vector<float> logits(rows.size());
  for (std::size_t first = 0; first < rows.size(); first += tile) {
    input.gather(table, std::span(rows).subspan(first, std::min(tile, rows.size() - first)), dense);
    loaded.score(input, scratch, logits.data() + first);
  }
  return logits;
}

TEST(ScoringPass, EqualsPlainLoopsInDouble) {
  for (const auto& table : tables()) {
    for (const auto activation : {Activation::relu, Activation::leaky_relu, Activation::elu, Activation::gelu,
                                  Activation::silu, Activation::tanh}) {
      for (const std::vector<std::uint32_t>& hidden :
           {std::vector<std::uint32_t>{}, {1}, {7, 5}, {33, 16, 3}, {130}}) {
        const Network network = random_network(table, hidden, activation);
        const auto logits = predicted(network, table, row_numbers(table.rows()), cpu::tile_rows);
        for (std::size_t row = 0; row < logits.size(); ++row) {
          const double expected = naive::logit(network, table, row);
          ASSERT_NEAR(logits[row], expected, 3e-6 * (1 + std::fabs(expected)))
              << "activation " << static_cast<int>(activation) << ", " << hidden.size() << " hidden layers";
        }
      }
    }
  }
}

/// The rounding of inputs, weights and activations, followed through plain loops in double precision.
TEST(ScoringPass, WithBfloat16EqualsPlainLoopsOverRoundedFactors) {
  for (const auto& table : tables()) {
    for (const auto activation : {Activation::leaky_relu, Activation::silu}) {
      for (const std::vector<std::uint32_t>& hidden : {std::vector<std::uint32_t>{}, {33, 17, 5}}) {
        const Network network = random_network(table, hidden, activation);
        const auto logits = predicted(network, table, row_numbers(table.rows()), cpu::tile_rows, Precision::bfloat16);
        const auto whole = predicted(network, table, row_numbers(table.rows()), cpu::tile_rows);
        double square = 0;
        for (std::size_t row = 0; row < logits.size(); ++row) {
          const double expected = naive::logit(network, table, row, naive::rounded);
          ASSERT_NEAR(logits[row], expected, 2e-3 * (1 + std::fabs(expected)));
          square += std::pow(logits[row] - whole[row], 2);
        }
        const double change = std::sqrt(square / static_cast<double>(logits.size()));
        EXPECT_GT(change, 1e-5);  // it was rounded
        EXPECT_LT(change, 1e-2);
      }
    }
  }
}

TEST(ScoringPass, GivesTheSameBitsInTilesOfEverySize) {
  for (const auto& table : tables()) {
    const Network network = random_network(table, {40, 21}, Activation::leaky_relu);
    const auto rows = row_numbers(table.rows());
    const auto whole = predicted(network, table, rows, cpu::tile_rows);
    const auto whole_rounded = predicted(network, table, rows, cpu::tile_rows, Precision::bfloat16);
    for (const std::size_t tile : {1, 2, 3, 7, 14, 95, 200}) {
      EXPECT_EQ(predicted(network, table, rows, tile), whole) << "tiles of " << tile;
      EXPECT_EQ(predicted(network, table, rows, tile, Precision::bfloat16), whole_rounded) << "tiles of " << tile;
    }
  }
}

TEST(ScoringPass, GivesTheSameBitsForVoxelsAsADenseBlockAndAsSparseRows) {
  for (const double occupancy : {0.1, 0.8}) {
    const auto table = features_of(random_showers(12, 150, 6, 1, occupancy), FeatureSetName::low);
    const double enough = crowded(Precision::float32).forward;
    EXPECT_EQ(dense_columns(table, enough), occupancy < enough ? table.scalars() : table.columns());
    const Network network = random_network(table, {40, 21}, Activation::leaky_relu);
    std::vector<float> logits[2];
    for (const bool dense : {false, true}) {
      const std::uint32_t dense_inputs = dense ? table.columns() : table.scalars();
      const cpu::LoadedNetwork loaded(network, dense_inputs, Precision::float32);
      InputTile input;
      cpu::ScoringScratch scratch;
      logits[dense].resize(table.rows());
      input.gather(table, row_numbers(table.rows()), dense_inputs);
      loaded.score(input, scratch, logits[dense].data());
    }
    EXPECT_EQ(logits[0], logits[1]);
  }
}

TEST(ScoringPass, ClipsAndIgnoresConstantColumns) {
  const FeatureTable table({1e9F, 3, -1e9F, -3, 0.5F, 1e30F}, 2);
  Network network;
  network.standardisation = {{0, 0}, {1, 0}, {5, 5}};
  network.blocks.push_back(LinearBlock{2, 1, {}, {2, 100}, {0.25F}});
  CpuBackend backend(1);
  JobControl control;
  const auto rows = row_numbers(3);
  EXPECT_EQ(backend.load(shared({network}), Precision::float32)->predict(table, rows, backend.threads(), control), (std::vector<float>{10.25F, -9.75F, 1.25F}));
}

TEST(CpuBackendPredict, GivesTheSameBitsOnAnyNumberOfThreadsForRowsInAnyOrder) {
  const FeatureTable table = features_of(random_showers(12, 500, 5), FeatureSetName::low_normalised);
  const std::vector<Network> networks{random_network(table, {31}, Activation::gelu),
                                      random_network(table, {8, 8}, Activation::relu)};
  std::vector<std::uint32_t> rows{499, 0, 3, 3, 250};
  for (std::uint32_t row = 0; row < 400; row += 2) rows.push_back(row);
  JobControl control;
  CpuBackend one(1);
  const auto expected = one.load(shared(networks), Precision::float32)->predict(table, rows, one.threads(), control);
  for (std::size_t n = 0; n < networks.size(); ++n) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_NEAR(expected[n * rows.size() + i], naive::logit(networks[n], table, rows[i]), 1e-5);
    }
  }
  for (const unsigned threads : {2U, 3U, 5U}) {
    CpuBackend backend(threads);
    EXPECT_EQ(backend.load(shared(networks), Precision::float32)->predict(table, rows, backend.threads(), control), expected) << threads << " threads";
  }
  EXPECT_TRUE(one.load(shared(networks), Precision::float32)->predict(table, {}, one.threads(), control).empty());
}

TEST(CpuBackendPredict, RefusesWhatDoesNotFit) {
  const FeatureTable table = gaussian_matrix(10, 4, 0, 1);
  CpuBackend backend(2);
  JobControl control;
  const auto code_of = [&](const Network& network, const FeatureTable& sample) {
    return thrown_code([&] {
      backend.load(shared({network}), Precision::float32)->predict(sample, row_numbers(10), backend.threads(), control);
    });
  };
  EXPECT_EQ(code_of(random_network(gaussian_matrix(10, 5, 0, 1), {3}, Activation::relu), table), ErrorCode::shape);
  Network broken = random_network(table, {3}, Activation::relu);
  std::get<LinearBlock>(broken.blocks[1]).weight.pop_back();
  EXPECT_EQ(code_of(broken, table), ErrorCode::classifier);
  broken = random_network(table, {3}, Activation::relu);
  std::get<LinearBlock>(broken.blocks[0]).bias[1] = NAN;
  EXPECT_EQ(code_of(broken, table), ErrorCode::non_finite);
  const auto showers = features_of(random_showers(12, 20, 3), FeatureSetName::low);
  broken = random_network(showers, {3}, Activation::relu);
  broken.standardisation.centre[showers.columns() - 1] = 0.5F;
  EXPECT_EQ(code_of(broken, showers), ErrorCode::classifier);
  control.cancel();
  EXPECT_EQ(code_of(random_network(table, {3}, Activation::relu), table), ErrorCode::cancelled);
  EXPECT_THROW(CpuBackend(0), Error);
}

TEST(InitialNetwork, IsUniformWithinTheBoundAndRepeatable) {
  const Network network = initial_network({100, {50}, Activation::relu, 0}, 3, 4);
  const auto weights = [](const Network& of, std::size_t block) { return std::get<LinearBlock>(of.blocks[block]).weight; };
  double square = 0;
  for (const float w : weights(network, 0)) {
    EXPECT_LE(std::fabs(w), 0.1F);
    square += double{w} * w;
  }
  // Variance of a uniform number in ±b is b²/3; 5000 of them know it to 1.3 %.
  EXPECT_NEAR(square / 5000, 0.01 / 3, 0.05 * 0.01 / 3);
  EXPECT_EQ(weights(initial_network({100, {50}, Activation::relu, 0}, 3, 4), 1), weights(network, 1));
  EXPECT_NE(weights(initial_network({100, {50}, Activation::relu, 0}, 3, 5), 1), weights(network, 1));
  EXPECT_THROW(initial_network({100, {0}, Activation::relu, 0}, 3, 4), Error);
  EXPECT_THROW(initial_network({60000, {60000}, Activation::relu, 0}, 3, 4), Error);
}

}  // namespace
}  // namespace caloscope
