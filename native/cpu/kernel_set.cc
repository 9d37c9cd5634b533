#include "cpu/kernel_set.h"

#include <cstdlib>
#include <string>

#include "core/error.h"
#include "cpu/kernel_choice.h"

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

/// All sets of this build, the widest first.
std::vector<Candidate> candidates() {
  return {
#ifdef CALOSCOPE_X86_KERNELS
      {&avx512::kernels, __builtin_cpu_supports("x86-64-v4") != 0},
      {&avx2::kernels, __builtin_cpu_supports("x86-64-v3") != 0},
#endif
      {&baseline::kernels, true},
  };
}

}  // namespace

std::vector<const KernelSet*> supported_kernel_sets() {
  std::vector<const KernelSet*> supported;
  for (const auto& candidate : candidates()) {
    if (candidate.supported) supported.push_back(candidate.kernels);
  }
  return supported;
}

const KernelSet& find_kernel_set(const char* name) {
  if (name == nullptr) return *supported_kernel_sets().front();
  for (const auto& candidate : candidates()) {
    if (std::string(name) != candidate.kernels->name) continue;
    if (candidate.supported) return *candidate.kernels;
    throw Error(ErrorCode::argument, std::string("kernel set ") + name +
                                         ": this processor does not have its instruction set; unset CALOSCOPE_KERNELS");
  }
  throw Error(ErrorCode::argument, std::string("there is no kernel set ") + name +
                                       "; set CALOSCOPE_KERNELS to baseline, avx2 or avx512, or unset it");
}

const KernelSet& kernel_set() {
  static const KernelSet& chosen = find_kernel_set(std::getenv("CALOSCOPE_KERNELS"));
  return chosen;
}

}  // namespace caloscope
