#pragma once

#include <variant>

#include "core/networks/block.h"
#include "cuda/blocks/linear.h"

namespace caloscope::cuda {

/// A block that scores, and one that is trained, of the kinds of core/networks/block.h. Each kind has `reads_sparse`, `load`
/// and `train`, which give what LoadedLinear and LinearInTraining do.
using LoadedBlock = std::variant<LoadedLinear>;
using BlockInTraining = std::variant<LinearInTraining>;

}  // namespace caloscope::cuda
