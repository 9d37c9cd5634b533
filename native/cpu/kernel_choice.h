#pragma once

#include <vector>

#include "cpu/kernel_set.h"

namespace caloscope {

/// The kernel sets that this processor runs, the widest first.
std::vector<const KernelSet*> supported_kernel_sets();

/// The kernel set of this name, or the widest for a null pointer. Throws Error(argument) for a name that is unknown or
/// that this processor does not support.
const KernelSet& find_kernel_set(const char* name);

}  // namespace caloscope
