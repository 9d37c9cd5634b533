#pragma once

#include <cstdint>
#include <vector>

#include "core/learners/cross_fitting.h"

namespace caloscope {

/// z of the classifiers' test for the labellings 1 to `permutations`, everything fitted anew to each: labels are permuted
/// among rows that are alike but for the label. With `store` what was done is kept there, under number 0, after each
/// permutation, and is not done again. Progress is counted in permutations. Throws Error(argument) where there are not as many
/// labellings beside the true one; what cross_fit throws.
std::vector<double> permuted_z(const PreparedSamples& samples, const CrossFitting& plan, std::uint32_t permutations,
                               Backend& backend, JobControl& control, CheckpointStore* store = nullptr);

/// In how many ways labels can be permuted; infinity for very many. Throws what Blocks throws.
double labellings(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan);

}  // namespace caloscope
