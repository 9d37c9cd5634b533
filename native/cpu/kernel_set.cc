#include "cpu/kernel_set.h"

#include <cstdlib>
#include <string>

#include "core/error.h"

namespace caloscope {

namespace baseline {
extern const KernelSet kernels;
}
#ifdef CALOSCOPE_X86_KERNELS
namespace avx2 {
extern const KernelSet kernels;
}
namespace avx512 {
extern const KernelSet kernels;
}
#endif

namespace {

struct Candidate {
  const KernelSet* kernels;
  bool supported;
};

const KernelSet& choose() {
#ifdef CALOSCOPE_X86_KERNELS
  const Candidate candidates[] = {
      {&avx512::kernels, __builtin_cpu_supports("x86-64-v4") != 0},
      {&avx2::kernels, __builtin_cpu_supports("x86-64-v3") != 0},
      {&baseline::kernels, true},
  };
#else
  const Candidate candidates[] = {{&baseline::kernels, true}};
#endif
  const char* forced = std::getenv("CALOSCOPE_KERNELS");
  for (const auto& candidate : candidates) {
    const bool wanted = forced == nullptr || std::string(forced) == candidate.kernels->name;
    if (wanted && candidate.supported) return *candidate.kernels;
    if (wanted && forced != nullptr) {
      throw Error(ErrorCode::argument,
                  std::string("CALOSCOPE_KERNELS=") + forced + ": this processor does not have that instruction set");
    }
  }
  throw Error(ErrorCode::argument, std::string("CALOSCOPE_KERNELS=") + forced +
                                       ": no such kernel set; use baseline, avx2 or avx512, or unset it");
}

}  // namespace

const KernelSet& kernel_set() {
  static const KernelSet& chosen = choose();
  return chosen;
}

}  // namespace caloscope
