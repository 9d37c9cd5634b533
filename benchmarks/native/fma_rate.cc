// The rate of float32 multiply-adds that this machine reaches on registers alone: the ceiling of any matrix product.
//
//   fma_rate KERNEL_SET THREADS SECONDS       prints GFLOP/s, all threads together
#include "fma_rate.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace baseline {
extern const FmaLoop loop;
}
#ifdef CALOSCOPE_X86_KERNELS
namespace avx2 {
extern const FmaLoop loop;
}
namespace avx512 {
extern const FmaLoop loop;
}
#endif

namespace {

/// The widest loop whose name the kernel set begins with: `avx512bf16` multiplies float32 as `avx512` does.
const FmaLoop& loop_of(const std::string& kernel_set) {
#ifdef CALOSCOPE_X86_KERNELS
  for (const FmaLoop* loop : {&avx512::loop, &avx2::loop}) {
    if (kernel_set.rfind(loop->kernel_set, 0) == 0) return *loop;
  }
#endif
  return baseline::loop;
}

/// Operations a second of one thread.
double rate(const FmaLoop& loop, double seconds, std::atomic<float>& sink) {
  constexpr unsigned rounds = 100'000;
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  double elapsed = 0;
  double operations = 0;
  while (elapsed < seconds) {
    sink = loop.run(rounds, 0.999F, 0.001F);
    operations += static_cast<double>(rounds) * loop.operations;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return operations / elapsed;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 4) {
    std::fprintf(stderr, "usage: fma_rate KERNEL_SET THREADS SECONDS\n");
    return 2;
  }
  const FmaLoop& loop = loop_of(arguments[1]);
  const auto threads = static_cast<std::size_t>(std::atoi(arguments[2]));
  const double seconds = std::atof(arguments[3]);
  std::atomic<float> sink{0};
  std::vector<double> rates(threads);
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] { rates[i] = rate(loop, seconds, sink); });
  }
  for (auto& thread : running) thread.join();
  double total = 0;
  for (const double one : rates) total += one;
  std::printf("%.3f\n", total / 1e9);
  return 0;
}
