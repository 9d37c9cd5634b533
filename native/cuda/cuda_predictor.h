#pragma once

#include <memory>
#include <span>

#include "core/backend.h"
#include "core/network.h"
#include "core/precision.h"

namespace caloscope {

/// Networks whose weights lie on a CUDA device, ready to judge samples there; rows are read on the host. Logits of one
/// device have the same bits in every run.
/// Throws Error: device (there is no such device, or it fails), memory, classifier or non_finite (an unsound network).
std::shared_ptr<const Predictor> load_on_cuda(std::span<const Network> networks, Precision precision, int device);

}  // namespace caloscope
