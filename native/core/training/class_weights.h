#pragma once

#include <string>

#include "core/run/error.h"

namespace caloscope {

/// Throws Error(argument) where the rows of a class in a fit have no weight: those of negative weight outweigh the others.
inline void require_class_weight(double sum, bool reference) {
  if (sum > 0) return;
  throw Error(ErrorCode::argument, std::string("the weights of the ") + (reference ? "reference" : "generated") +
                                       " rows in a part of the sample have no sum above 0: too few rows for so many "
                                       "negative weights; use more rows or fewer folds");
}

}  // namespace caloscope
