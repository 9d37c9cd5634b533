#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "core/run/error.h"

namespace caloscope {

/// The code of the Error that `act` throws, if it throws one.
inline std::optional<ErrorCode> thrown_code(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

/// The same where it must throw: a test failure when it does not.
inline ErrorCode code_of(const std::function<void()>& act) {
  const auto code = thrown_code(act);
  EXPECT_TRUE(code) << "nothing was thrown";
  return code.value_or(ErrorCode::internal);
}

}  // namespace caloscope
