// Gradient boosting by the core on a matrix that it makes and leaves in a file for the peers: normal columns in which
// the generated sample has a few flaws, and held-out rows of the same kind. Row by row, float32; rows of even number are
// of the reference sample. Speaks the protocol of benchmarks/harness/peer-process.mjs:
//
//   boosted_trees ROWS HELD_OUT_ROWS THREADS TRAINING_FILE HELD_OUT_FILE
//   ours → seconds of one fit, binning and all; area → AUC of the last fit on the held-out rows;
//   scoring → seconds to score the held-out rows
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "core/learners/tree_boosting.h"
#include "core/run/random.h"
#include "core/statistics/rank_statistics.h"
#include "cpu/cpu_backend.h"

namespace {

using namespace caloscope;

constexpr std::uint32_t columns = 41;

/// A shift, a width, a correlation and a tail.
void add_flaws(float* row, RandomStream& random) {
  row[0] += 0.15F;
  row[1] *= 1.15F;
  row[3] = 0.3F * row[2] + 0.954F * row[3];
  row[2] += 0.1F;
  if (random.uniform() < 0.05) row[4] *= 3;
}

struct Sample {
  std::vector<float> matrix;
  LabelledDenseRows rows;

  Sample(std::size_t count, std::uint64_t seed) : matrix(count * columns) {
    RandomStream random(seed, 0);
    for (std::size_t row = 0; row < count; ++row) {
      float* const values = &matrix[row * columns];
      for (std::uint32_t column = 0; column < columns; ++column) values[column] = static_cast<float>(random.normal());
      if (row % 2 != 0) add_flaws(values, random);
      rows.label.push_back(row % 2 == 0);
    }
    rows.rows = {columns, count, [this](std::size_t row) { return &matrix[row * columns]; }};
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  void save(const char* path) const {
    const auto bytes = static_cast<std::streamsize>(matrix.size() * sizeof(float));
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(matrix.data()), bytes);
  }
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double area(const std::vector<float>& logits) {
  std::vector<float> of[2];
  for (std::size_t row = 0; row < logits.size(); ++row) of[row % 2].push_back(logits[row]);
  const auto sample = [](const std::vector<float>& scores) { return ScoreSample(std::span<const float>(scores)); };
  CpuBackend backend(1);
  const JobControl control;
  return area_under_curve(rank_scores(sample(of[0]), sample(of[1]), backend, control), control).value;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 6) {
    std::fprintf(stderr, "usage: boosted_trees ROWS HELD_OUT_ROWS THREADS TRAINING_FILE HELD_OUT_FILE\n");
    return 2;
  }
  const Sample training(std::stoul(arguments[1]), 1);
  const Sample held_out(std::stoul(arguments[2]), 2);
  const auto threads = static_cast<unsigned>(std::stoul(arguments[3]));
  training.save(arguments[4]);
  held_out.save(arguments[5]);
  BoostingTask task;
  // What the peers do by default, so that all grow the same trees.
  task.settings = {.trees = 100, .leaves = 31, .learning_rate = 0.1, .least_rows = 20, .least_hessian = 1e-3, .l2 = 0};
  task.training = training.rows;
  WorkerPool pool(threads);
  JobControl control;
  BoostedTrees trees;
  std::printf("{\"versions\":{}}\n");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    const auto start = std::chrono::steady_clock::now();
    double result = 0;
    if (line.find("\"ours\"") != std::string::npos) {
      trees = boost_trees(task, pool, control, [](std::uint64_t) {}).trees;
      result = seconds_since(start);
    } else {
      const std::vector<float> logits = score(trees, held_out.rows.rows, tiles_on(threads), control);
      result = line.find("\"scoring\"") != std::string::npos ? seconds_since(start) : area(logits);
    }
    std::printf("{\"result\":%.17g}\n", result);
    std::fflush(stdout);
  }
  return 0;
}
