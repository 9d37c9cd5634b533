#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"

namespace caloscope {

/// Beside the number of a row: the row is the last of those with its value.
inline constexpr std::uint32_t last_of_value = std::uint32_t{1} << 31;

/// Numbers of the rows from the smallest value up, some with last_of_value. Throws Error(non_finite) with the row of a NaN and
/// the number of the column.
std::vector<std::uint32_t> ranked_rows(std::span<const double> values, std::size_t column, const JobControl& control);

/// Throws Error(shape), Error(too_few_rows), Error(argument): see largest_distance.
void check_columns(std::span<const std::vector<double>> columns, std::size_t first_rows, std::size_t draws);

}  // namespace caloscope
