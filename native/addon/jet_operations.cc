#include <memory>
#include <utility>
#include <vector>

#include "addon/arguments.h"
#include "addon/operations.h"
#include "core/jets/jet_observables.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"

namespace caloscope::addon {
namespace {

/// jetObservables(particles, rows, threads, notify) → job → Float64Array, observables × rows
Napi::Value values_of_jets(const Napi::CallbackInfo& info) {
  auto particles = array_copy<float>(info[0], "particles");
  const auto rows = count_argument(info[1], "rows");
  const std::size_t width = rows == 0 ? 0 : particles.size() / rows;
  if (particles.size() != rows * width || width % particle_columns != 0) {
    throw Error(ErrorCode::shape, "`particles` must hold as many numbers for each row, three a particle");
  }
  return start_job(info[3], [particles = std::move(particles), rows, capacity = width / particle_columns,
                             threads = threads_argument(info[2])](JobControl& control) -> JobResult {
    auto values = std::make_shared<std::vector<double>>(
        jet_observables(particles, rows, capacity, tiles_on(threads), control));
    return [values](Napi::Env env) { return adopt_array(env, values); };
  });
}

}  // namespace

void add_jet_operations(Napi::Env env, Napi::Object exports) {
  add_operation<values_of_jets>(env, exports, "jetObservables");
}

}  // namespace caloscope::addon
