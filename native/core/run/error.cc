#include "core/run/error.h"

namespace caloscope {

const char* name(ErrorCode code) {
  switch (code) {
    case ErrorCode::argument: return "ERR_ARGUMENT";
    case ErrorCode::shape: return "ERR_SHAPE";
    case ErrorCode::disposed: return "ERR_DISPOSED";
    case ErrorCode::too_few_rows: return "ERR_TOO_FEW_ROWS";
    case ErrorCode::non_finite: return "ERR_NON_FINITE";
    case ErrorCode::negative_energy: return "ERR_NEGATIVE_ENERGY";
    case ErrorCode::incident_energy: return "ERR_INCIDENT_ENERGY";
    case ErrorCode::classifier: return "ERR_CLASSIFIER";
    case ErrorCode::training: return "ERR_TRAINING";
    case ErrorCode::checkpoint: return "ERR_CHECKPOINT";
    case ErrorCode::output: return "ERR_OUTPUT";
    case ErrorCode::cancelled: return "ERR_CANCELLED";
    case ErrorCode::memory: return "ERR_MEMORY";
    case ErrorCode::device: return "ERR_DEVICE";
    case ErrorCode::internal: return "ERR_INTERNAL";
  }
  return "ERR_INTERNAL";
}

}  // namespace caloscope
