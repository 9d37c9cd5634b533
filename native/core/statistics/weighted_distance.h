#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/statistics/largest_distance.h"

namespace caloscope {

/// largest_distance of rows that have weights, of any sign: distribution functions are sums of weights over the sum of all of
/// the sample. Labels cannot be permuted, since equal samples may have other weights. So what a row does to the difference
/// of the distribution functions, c_i (1[x_i ≤ x] − H(x)), c_i its weight over the sum of its sample, negative in the second, H their
/// mean by effective sizes (Σw)²/Σw², is given a random sign, the same in all columns, `draws` times (multiplier bootstrap: van der
/// Vaart and Wellner, Weak Convergence and Empirical Processes, 1996, 2.9). That has the covariance of the difference of equal
/// samples, for any weights; the p-value (1 + reached)/(draws + 1) holds for many rows, and not to the last digit as that of
/// permutations does. `standardized` is D/(2s), s² the largest Σ c_i² (1[x_i ≤ x] − H(x))², which for equal samples of equal weights
/// tends to the λ of largest_distance.
/// Throws as largest_distance, and Error(shape) where there is not one weight a row, Error(argument) where they have no sum
/// above 0 in a sample.
LargestDistance weighted_largest_distance(std::span<const std::vector<double>> columns, std::span<const double> weights,
                                          std::size_t first_rows, std::size_t draws, std::uint64_t seed,
                                          const TileRunner& run_tiles, JobControl& control);

}  // namespace caloscope
