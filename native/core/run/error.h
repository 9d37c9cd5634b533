#pragma once

#include <stdexcept>
#include <string>

namespace caloscope {

/// Codes that the core throws; each crosses to TypeScript under the name that `name` gives and never changes.
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

/// The stable name, for example "ERR_SHAPE".
const char* name(ErrorCode code);

/// The one exception of the core. The message is one line: what is wrong, where, what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace caloscope
