// What the CUDA backend reaches on the first device, as shares of what the device can do. Every answer is held against the
// CPU's; where one is off, so much is written, and the program ends with 1.
//
//   cuda_rates OUT.json [SHARE]      SHARE: of the full number of rows, to try the program itself
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "ceilings.h"
#include "core/histograms/weighted_histogram.h"
#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "cpu/cpu_backend.h"
#include "cuda/cuda_backend.h"
#include "cuda/cuda_devices.h"
#include "cuda/scoring_pass.h"
#include "seconds.h"

namespace {

using namespace caloscope;

constexpr unsigned host_threads = 8;

/// One line of the table: `work` is what was done, in `unit`, `ceiling` what the device could do of it in a second.
struct Line {
  std::string name;
  double seconds;
  double work;
  const char* unit;
  double ceiling;
  const char* ceiling_name;
  double difference;  ///< largest, to the CPU; relative where numbers are above 1
  double tolerance;

  bool sound() const { return difference <= tolerance && seconds > 0; }
};

double difference(std::span<const double> ours, std::span<const double> expected) {
  double largest = ours.size() == expected.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < expected.size() && i < ours.size(); ++i) {
    const double off = std::fabs(ours[i] - expected[i]) / (1 + std::fabs(expected[i]));
    largest = off > largest || std::isnan(off) ? off : largest;
  }
  return largest;
}

double difference(const std::vector<float>& ours, const std::vector<float>& expected) {
  return difference(std::vector<double>(ours.begin(), ours.end()), std::vector<double>(expected.begin(), expected.end()));
}

FeatureTable dense_rows(std::size_t rows, std::uint32_t columns, double shift) {
  RandomStream random(1, static_cast<std::uint64_t>(100 * shift));
  std::vector<float> numbers(rows * columns);
  for (float& number : numbers) number = static_cast<float>(random.normal() + shift);
  return {std::move(numbers), columns};
}

/// Showers in one layer of which a share of the voxels is hit.
FeatureTable sparse_rows(std::size_t rows, std::uint32_t voxels, double occupancy) {
  RandomStream random(2, 0);
  auto showers = std::make_shared<ShowerTable>(voxels, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<float> energies(voxels);
    for (float& energy : energies) {
      if (random.uniform() < occupancy) energy = static_cast<float>(1 + 10 * random.uniform());
    }
    showers->append(std::vector<double>{1e4}, std::span<const float>(energies));
  }
  Geometry geometry(Geometry::Definitions::calochallenge);
  geometry.first_voxel = {0, voxels};
  geometry.layer_id = {0};
  geometry.angular = {0};
  for (auto* centres : {&geometry.eta, &geometry.phi, &geometry.radius}) centres->assign(voxels, 0);
  const JobControl control;
  return {showers, FeatureSet(FeatureSetName::low, std::move(geometry), 0), tiles_on(host_threads), control};
}

Network network_on(const FeatureTable& table, std::vector<std::uint32_t> hidden) {
  Network network = initial_network({table.columns(), std::move(hidden)}, 3, 0);
  network.standardisation.centre.assign(table.columns(), 0);
  network.standardisation.scale.assign(table.columns(), 1);
  network.standardisation.clip.assign(table.columns(), 5);
  return network;
}

std::vector<std::uint32_t> first_rows(std::uint64_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

/// Multiply-adds of one row count twice; `inputs` are those that are not zero.
double operations(const Network& network, double inputs) {
  double sum = 0;
  for (const auto& block : network.blocks) {
    sum += 2 * inputs * outputs_of(block);
    inputs = outputs_of(block);
  }
  return sum;
}

class Rates {
 public:
  Rates(double share, Ceilings ceilings, int device)
      : share_(share), ceilings_(ceilings), device_(make_cuda_backend({device}, host_threads)) {}

  std::size_t scaled(double full) const { return static_cast<std::size_t>(std::fmax(64, full * share_)); }

  /// Batches of rows that lie on the device are scored again and again, until there were as many as requested.
  void forward(const std::string& name, const FeatureTable& table, std::vector<std::uint32_t> hidden, double all_rows,
               double inputs) {
    const Network network = network_on(table, std::move(hidden));
    const std::vector networks{std::make_shared<const Network>(network)};
    const auto rows = first_rows(table.rows());
    const cuda::LoadedNetwork loaded(network);
    cuda::RowBatch batch;
    WorkerPool pool(host_threads);
    std::vector<cuda::FeatureRow> list;
    for (const auto row : rows) list.push_back({&table, row});
    batch.gather(list, pool);
    const cuda::Stream stream;
    batch.send(stream);
    cuda::ScoringScratch scratch;
    const cuda::DeviceArray<float> logits(rows.size());
    const auto repeats = static_cast<std::size_t>(std::ceil(all_rows / static_cast<double>(rows.size())));
    for (const auto precision : {Precision::float32, Precision::bfloat16}) {
      const double seconds = median_seconds([&] {
        for (std::size_t i = 0; i < repeats; ++i) {
          loaded.score(batch, table.scalars(), precision, scratch, logits.data(), stream);
        }
        stream.wait();
      });
      std::vector<float> scored(rows.size());
      fetch(logits, scored);
      const auto expected = cpu_.load(networks, precision)->predict(table, rows, host_threads, control_);
      const bool wide = precision == Precision::float32;
      add({name + (wide ? ", float32" : ", bfloat16"), seconds,
           operations(network, inputs) * static_cast<double>(rows.size() * repeats), "operations",
           wide ? ceilings_.float_operations : ceilings_.tensor_operations, wide ? "multiply-adds" : "tensor products",
           difference(scored, expected), wide ? 1e-4 : 2e-2});
    }
  }

  /// An epoch is a tenth of what a training of eleven takes longer than one of a single epoch; its validation is part.
  void training() {
    const std::size_t rows = scaled(50'000);
    const auto reference = dense_rows(rows, 508, 0.05), generated = dense_rows(rows, 508, 0);
    const LabelledRows labelled{reference, generated};
    for (const auto precision : {Precision::float32, Precision::bfloat16}) {
      TrainingTask task;
      task.shape = {508, {512, 512}};
      task.settings.precision = precision;
      task.settings.schedule = Schedule::constant;
      task.settings.patience = 100;
      task.training_rows = first_rows(2 * rows);
      task.validation_rows = {0, static_cast<std::uint32_t>(rows)};
      std::vector<TrainedNetwork> trained;
      const auto train = [&](Backend& backend, std::uint32_t epochs) {
        task.settings.epochs = epochs;
        trained = backend.train(std::vector{task}, labelled, control_);
      };
      const double one = median_seconds([&] { train(*device_, 1); });
      const double loss = trained[0].record.epochs[0].training_loss;
      const double eleven = median_seconds([&] { train(*device_, 11); });
      train(cpu_, 1);
      const double forward = operations(trained[0].network, 508);
      const bool wide = precision == Precision::float32;
      add({std::string("training epoch, batch 512, 508-512-512-1, ") + (wide ? "float32" : "bfloat16"), (eleven - one) / 10,
           3 * forward * static_cast<double>(2 * rows), "operations",
           wide ? ceilings_.float_operations : ceilings_.tensor_operations, wide ? "multiply-adds" : "tensor products",
           std::fabs(loss - trained[0].record.epochs[0].training_loss), wide ? 1e-4 : 1e-2});
    }
  }

  void histogram() {
    const std::size_t rows = scaled(1e8);
    RandomStream random(4, 0);
    std::vector<double> x(rows), w(rows);
    for (double& number : x) number = random.normal();
    for (double& number : w) number = random.uniform();
    const std::vector<ColumnView> coordinates{std::span<const double>(x)}, weights{std::span<const double>(w)};
    const WeightedHistogram histogram({HistogramAxis::regular(100, -4, 4, UpperEdge::overflow)}, 1);
    const auto filled = [&](Backend& backend) {
      const auto fill = backend.start_fill(histogram.fill_plan({true}, rows));
      fill->add(coordinates, weights, control_);
      HistogramSums sums(fill->plan().cells(), 1);
      fill->add_to(sums);
      return sums;
    };
    const double seconds = median_seconds([&] { filled(*device_); });
    add({"weighted histogram with sums of squares, rows from host memory", seconds, 16.0 * static_cast<double>(rows),
         "bytes", ceilings_.copied_bytes, "copy", difference(filled(*device_).variances, filled(cpu_).variances), 1e-9});
  }

  void weights() {
    const std::size_t rows = scaled(1e7);
    constexpr std::size_t members = 5;
    RandomStream random(5, 0);
    std::vector<float> logits(rows * members);
    for (float& logit : logits) logit = static_cast<float>(random.normal());
    const WeightRule rule{EnsembleRule::mean_probability, 0, -INFINITY, INFINITY};
    const auto weighed = [&](Backend& backend) {
      return backend.weigh(std::span<const float>(logits), members, rule, control_);
    };
    const double seconds = median_seconds([&] { weighed(*device_); });
    add({"weights of an ensemble of 5, from and to host memory", seconds,
         static_cast<double>(rows) * (members * sizeof(float) + 3 * sizeof(double)), "bytes", ceilings_.copied_bytes, "copy",
         difference(weighed(*device_).log_weights, weighed(cpu_).log_weights), 1e-12});
  }

  void sorting() {
    const std::size_t rows = scaled(1e7);
    RandomStream random(6, 0);
    std::vector<std::uint64_t> keys(rows);
    for (auto& key : keys) key = score_key(random.normal());
    auto sorted = keys, expected = keys;
    const double seconds = median_seconds([&] {
      sorted = keys;
      device_->sort(sorted, control_);
    });
    cpu_.sort(expected, control_);
    add({"sorting scores, from and to host memory", seconds, 16.0 * static_cast<double>(rows), "bytes",
         ceilings_.copied_bytes, "copy", sorted == expected ? 0.0 : 1.0, 0});
  }

  bool sound() const {
    return std::all_of(lines_.begin(), lines_.end(), [](const Line& line) { return line.sound(); });
  }

  bool write(const char* path, const CudaDevice& device) const {
    std::FILE* const file = std::fopen(path, "w");
    if (file == nullptr) return false;
    std::fprintf(file, "{\"device\":\"%s\",\"computeCapability\":\"%d.%d\",\"shareOfRows\":%g,", device.name.c_str(),
                 device.major, device.minor, share_);
    std::fprintf(file, "\"ceilings\":{\"copiedBytes\":%.4g,\"floatOperations\":%.4g,\"tensorOperations\":%.4g},\"rows\":[",
                 ceilings_.copied_bytes, ceilings_.float_operations, ceilings_.tensor_operations);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const Line& line = lines_[i];
      // JSON has no word for what is not finite; a rate of a wrong answer is none.
      const double rate = line.sound() ? line.work / line.seconds : 0;
      std::fprintf(file, "%s{\"name\":\"%s\",\"seconds\":%.6g,\"rate\":%.6g,\"unit\":\"%s/s\",\"shareOfCeiling\":%.4g,"
                         "\"ceiling\":\"%s\",\"difference\":%.3g,\"agrees\":%s}",
                   i == 0 ? "" : ",", line.name.c_str(), line.seconds, rate, line.unit, rate / line.ceiling,
                   line.ceiling_name, std::isfinite(line.difference) ? line.difference : -1, line.sound() ? "true" : "false");
    }
    std::fputs("]}\n", file);
    return std::fclose(file) == 0;
  }

 private:
  void add(Line line) {
    const double rate = line.work / line.seconds;
    std::printf("%-66s %9.4f s  %8.3g %s/s  %5.1f %% of %s, difference %.1e\n", line.name.c_str(), line.seconds, rate,
                line.unit, 100 * rate / line.ceiling, line.ceiling_name, line.difference);
    std::fflush(stdout);
    lines_.push_back(std::move(line));
  }

  double share_;
  Ceilings ceilings_;
  std::unique_ptr<Backend> device_;
  CpuBackend cpu_{host_threads};
  JobControl control_;
  std::vector<Line> lines_;
};

int measure(const char* path, double share) {
  const CudaDevices found = find_cuda_devices();
  if (found.list.empty()) {
    std::fprintf(stderr, "cuda_rates: %s\n", found.reason.c_str());
    return 1;
  }
  const int device = found.list.front().number;
  cuda::use_device(device);
  const Ceilings ceilings = measure_ceilings();
  std::printf("%s: copy %.3g bytes/s, float32 %.3g operations/s, tensor cores %.3g operations/s\n",
              found.list[0].name.c_str(), ceilings.copied_bytes, ceilings.float_operations, ceilings.tensor_operations);
  Rates rates(share, ceilings, device);
  rates.forward("508-512-512-512-1, rows on the device", dense_rows(rates.scaled(131'072), 508, 0), {512, 512, 512},
                1e7 * share, 508);
  const auto showers = sparse_rows(rates.scaled(8192), 40'500, 0.08);
  rates.forward("40500-2048-2048-2048-1 at 8 % occupancy, hits on the device", showers, {2048, 2048, 2048}, 1e5 * share,
                showers.scalars() + showers.occupancy() * showers.voxels());
  rates.training();
  rates.histogram();
  rates.weights();
  rates.sorting();
  if (!rates.write(path, found.list[0])) {
    std::fprintf(stderr, "cuda_rates: %s cannot be written\n", path);
    return 1;
  }
  if (rates.sound()) return 0;
  std::fprintf(stderr, "cuda_rates: not all answers agree with the CPU's\n");
  return 1;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const double share = argument_count == 3 ? std::atof(arguments[2]) : 1;
  if (argument_count < 2 || argument_count > 3 || !(share > 0 && share <= 1)) {
    std::fprintf(stderr, "usage: cuda_rates OUT.json [SHARE]\n");
    return 2;
  }
  try {
    return measure(arguments[1], share);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cuda_rates: %s\n", error.what());
    return 1;
  }
}
