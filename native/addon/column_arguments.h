#pragma once

#include <napi.h>

#include <cstddef>
#include <vector>

namespace caloscope::addon {

/// Both samples of every column, one after the other.
std::vector<std::vector<double>> pooled_columns(const Napi::Array& first, const Napi::Array& second);

/// The rows of a sample, the same in each of its columns.
std::size_t rows_of(const Napi::Array& columns);

}  // namespace caloscope::addon
