#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "core/run/error.h"

namespace caloscope {

/// The code of the Error that `act` throws; none when it throws nothing.
inline std::optional<ErrorCode> thrown_code(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

}  // namespace caloscope
