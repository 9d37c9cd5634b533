#pragma once

#include <string>
#include <vector>

#include "cpu/kernels/kernel_set.h"

namespace caloscope {

struct KernelChoice {
  const KernelSet* kernels;
  std::string reason;  ///< why this one, e.g. "has AVX2 and FMA, not AVX-512"; the processor is the subject
};

/// The kernel sets that this processor runs, the widest first.
std::vector<const KernelSet*> supported_kernel_sets();

/// The kernel set of this name, or the widest for a null pointer. Throws Error(argument) for a name that is unknown or
/// that this processor does not support.
KernelChoice choose_kernel_set(const char* name);

/// The set in use, chosen once (see `kernel_set`).
const KernelChoice& kernel_choice();

}  // namespace caloscope
