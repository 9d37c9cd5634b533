#pragma once

#include <napi.h>

#include <cstddef>
#include <vector>

namespace caloscope::addon {

bool is_float32(const Napi::Value& value);

/// A Float32Array or Float64Array.
std::vector<double> copy_as_doubles(const Napi::Value& value, const char* what);

/// Both samples of every column, one after the other.
std::vector<std::vector<double>> pooled_columns(const Napi::Array& first, const Napi::Array& second);

/// The rows of a sample, the same in each of its columns.
std::size_t rows_of(const Napi::Array& columns);

}  // namespace caloscope::addon
