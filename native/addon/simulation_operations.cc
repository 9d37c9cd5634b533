#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "addon/arguments.h"
#include "addon/operations.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"
#include "core/toys/toy_showers.h"

namespace caloscope::addon {
namespace {

struct ToyBlock {
  std::vector<double> incident_energies;
  std::vector<float> voxels;
  std::vector<float> overflow;
  std::vector<double> log_density_ratio;  ///< empty when not known
};

ToyBlock empty_block(const ToyCalorimeter& calorimeter, std::uint64_t showers) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 30;  // voxels: 4 GiB
  const std::size_t voxels = calorimeter.geometry().voxels;
  if (showers > largest / voxels) {
    throw Error(ErrorCode::memory, std::to_string(showers) + " showers are too many at once; make them in blocks");
  }
  const auto rows = static_cast<std::size_t>(showers);
  return {.incident_energies = std::vector<double>(rows),
          .voxels = std::vector<float>(rows * voxels),
          .overflow = std::vector<float>(rows * toy_sections),
          .log_density_ratio = std::vector<double>(has_exact_ratio(calorimeter.distortion()) ? rows : 0)};
}

void make_row(const ToyCalorimeter& calorimeter, std::uint64_t first, std::size_t row,
              ToyCalorimeter::Scratch& scratch, ToyBlock& block) {
  const std::size_t voxels = calorimeter.geometry().voxels;
  const auto shower = calorimeter.make(first + row, {block.voxels.data() + row * voxels, voxels}, scratch);
  block.incident_energies[row] = shower.incident_energy;
  for (std::size_t section = 0; section < toy_sections; ++section) {
    block.overflow[row * toy_sections + section] = shower.overflow[section];
  }
  if (!block.log_density_ratio.empty()) block.log_density_ratio[row] = shower.log_density_ratio;
}

ToyBlock make_block(const ToyCalorimeter& calorimeter, std::uint64_t first, std::uint64_t showers, unsigned threads,
                    JobControl& control) {
  ToyBlock block = empty_block(calorimeter, showers);
  constexpr std::size_t tile_rows = 16;  // 2 to 5 ms of work
  const std::size_t rows = block.incident_energies.size();
  std::vector<ToyCalorimeter::Scratch> scratch(threads, calorimeter.scratch());
  std::atomic<std::size_t> done{0};
  WorkerPool pool(threads);
  pool.run((rows + tile_rows - 1) / tile_rows, [&](std::size_t tile, unsigned worker) {
    control.check();
    const std::size_t end = std::min(rows, (tile + 1) * tile_rows);
    for (std::size_t row = tile * tile_rows; row < end; ++row) {
      make_row(calorimeter, first, row, scratch[worker], block);
    }
    const std::size_t made = done += end - tile * tile_rows;
    control.report({static_cast<double>(made), static_cast<double>(rows), "making toy showers"});
  });
  return block;
}

Napi::Value as_record(Napi::Env env, const ToyBlock& block) {
  auto record = Napi::Object::New(env);
  record.Set("incidentEnergies", new_array(env, block.incident_energies));
  record.Set("voxels", new_array(env, block.voxels));
  record.Set("overflow", new_array(env, block.overflow));
  if (!block.log_density_ratio.empty()) record.Set("logDensityRatio", new_array(env, block.log_density_ratio));
  return record;
}

/// makeToyShowers(options, notify) → job of a block of showers
Napi::Value make_toy_showers(const Napi::CallbackInfo& info) {
  const auto options = object_argument(info[0], "options");
  const Distortion distortion{name_argument<DistortionKind>(options.Get("distortion"), "distortion"),
                              number(options, "strength")};
  const ToyCalorimeter calorimeter(name_argument<ToyGeometryName>(options.Get("geometry"), "geometry"),
                                   count(options, "seed"), distortion, flag(options, "distorted"));
  const auto first = count(options, "first");
  const auto showers = count(options, "count");
  const auto threads = threads_argument(options.Get("threads"));
  return start_job(info[1], [=](JobControl& control) -> JobResult {
    auto block = std::make_shared<ToyBlock>(
        make_block(calorimeter, first, showers, threads, control));
    return [block](Napi::Env env) { return as_record(env, *block); };
  });
}

/// toyDepthShiftAuc(strength) → number
Napi::Value toy_depth_shift_auc(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) throw Error(ErrorCode::argument, "`strength` must be a number");
  return Napi::Number::New(info.Env(), depth_shift_auc(info[0].As<Napi::Number>().DoubleValue()));
}

}  // namespace

void add_simulation_operations(Napi::Env env, Napi::Object exports) {
  add_operation<make_toy_showers>(env, exports, "makeToyShowers");
  add_operation<toy_depth_shift_auc>(env, exports, "toyDepthShiftAuc");
}

}  // namespace caloscope::addon
