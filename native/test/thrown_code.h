#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"

namespace caloscope {

/// The code of the Error that `act` throws; a test failure when it throws none.
inline ErrorCode code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::internal;
}

}  // namespace caloscope
