#include "cpu/kernels/kernel_choice.h"

#include <cstdlib>

#include "core/run/error.h"
#if defined(CALOSCOPE_X86_KERNELS)
#include "cpu/kernels/x86_levels.h"
#endif

namespace caloscope {

#define CALOSCOPE_DECLARE_SET(name) \
  namespace name {                  \
  extern const KernelSet kernels;   \
  }
#if defined(CALOSCOPE_X86_KERNELS)
CALOSCOPE_DECLARE_SET(baseline)
CALOSCOPE_DECLARE_SET(avx2)
CALOSCOPE_DECLARE_SET(avx512)
CALOSCOPE_DECLARE_SET(avx512bf16)
#elif defined(CALOSCOPE_NEON_KERNELS)
CALOSCOPE_DECLARE_SET(neon)
#else
CALOSCOPE_DECLARE_SET(baseline)
#endif
#undef CALOSCOPE_DECLARE_SET

namespace {

struct Candidate {
  const KernelSet* kernels;
  const char* needs;  ///< of the processor
  bool supported;
};

/// All sets of this build, the widest first.
std::vector<Candidate> candidates() {
#if defined(CALOSCOPE_X86_KERNELS)
  const X86Levels levels = x86_levels();
  return {
      {&avx512bf16::kernels, "AVX-512 and its BF16 instructions", levels.avx512bf16},
      {&avx512::kernels, "AVX-512", levels.v4},
      {&avx2::kernels, "AVX2 and FMA", levels.v3},
      {&baseline::kernels, "SSE4.2", levels.v2},
  };
#elif defined(CALOSCOPE_NEON_KERNELS)
  return {{&neon::kernels, "NEON", true}};
#else
  return {{&baseline::kernels, "nothing in particular", true}};
#endif
}

constexpr const char* variable = "CALOSCOPE_KERNELS";

std::string names() {
  std::string list;
  for (const auto& candidate : candidates()) list += (list.empty() ? "" : ", ") + std::string(candidate.kernels->name);
  return list;
}

}  // namespace

std::vector<const KernelSet*> supported_kernel_sets() {
  std::vector<const KernelSet*> supported;
  for (const auto& candidate : candidates()) {
    if (candidate.supported) supported.push_back(candidate.kernels);
  }
  return supported;
}

KernelChoice choose_kernel_set(const char* name) {
  std::string missing;
  for (const auto& [kernels, needs, supported] : candidates()) {
    if (name && std::string(name) != kernels->name) continue;
    if (supported) return {kernels, name ? std::string(variable) + " asks for it" : "has " + (needs + missing)};
    if (name) {
      throw Error(ErrorCode::argument, std::string("kernel set ") + name + ": this processor does not have " + needs +
                                           "; unset " + variable);
    }
    missing += std::string(missing.empty() ? ", not " : " or ") + needs;
  }
  if (!name) throw Error(ErrorCode::argument, "this processor has none of the instruction sets of this build: " + names());
  throw Error(ErrorCode::argument, std::string("there is no kernel set ") + name + "; set " + variable + " to one of " +
                                       names() + ", or unset it");
}

const KernelChoice& kernel_choice() {
  static const KernelChoice chosen = choose_kernel_set(std::getenv(variable));
  return chosen;
}

const KernelSet& kernel_set() { return *kernel_choice().kernels; }

}  // namespace caloscope
