#include "addon/column_arguments.h"

#include <cstdint>

#include "addon/arguments.h"
#include "core/run/error.h"

namespace caloscope::addon {

std::vector<std::vector<double>> pooled_columns(const Napi::Array& first, const Napi::Array& second) {
  if (first.Length() != second.Length()) throw Error(ErrorCode::shape, "both samples must have the same columns");
  std::vector<std::vector<double>> columns;
  for (std::uint32_t column = 0; column < first.Length(); ++column) {
    columns.push_back(doubles_argument(first.Get(column), "first"));
    const auto rest = doubles_argument(second.Get(column), "second");
    columns.back().insert(columns.back().end(), rest.begin(), rest.end());
  }
  return columns;
}

std::size_t rows_of(const Napi::Array& columns) {
  std::size_t rows = 0;
  for (std::uint32_t column = 0; column < columns.Length(); ++column) {
    const Napi::Value values = columns.Get(column);
    if (!values.IsTypedArray()) throw Error(ErrorCode::argument, "a column must be a Float32Array or Float64Array");
    const std::size_t length = values.As<Napi::TypedArray>().ElementLength();
    if (column > 0 && length != rows) throw Error(ErrorCode::shape, "the columns have different numbers of rows");
    rows = length;
  }
  return rows;
}

}  // namespace caloscope::addon
