#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace caloscope {

/// Codes that the core throws; each crosses to TypeScript under the name that `name_of` gives and never changes.
enum class ErrorCode {
  argument,
  shape,
  disposed,
  too_few_rows,
  non_finite,
  negative_energy,
  incident_energy,
  classifier,
  training,
  checkpoint,
  output,
  cancelled,
  memory,
  device,
  internal,
};

/// The stable name.
constexpr std::string_view name_of(ErrorCode code) {
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
  return {};
}

/// The one exception of the core. The message is one line: what is wrong, where, what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace caloscope
