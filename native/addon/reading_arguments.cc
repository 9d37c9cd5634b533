#include "addon/reading_arguments.h"

#include "addon/arguments.h"

namespace caloscope::addon {

ContentPolicy policy_argument(const Napi::Value& value) {
  const auto choices = object_argument(value, "policy");
  return {flag(choices, "zeroNonFinite"), flag(choices, "zeroNegative"), flag(choices, "dropNonFinite"),
          flag(choices, "dropNegative")};
}

}  // namespace caloscope::addon
