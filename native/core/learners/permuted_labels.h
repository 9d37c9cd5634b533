#pragma once

#include <cstdint>
#include <vector>

#include "core/learners/cross_fitting.h"

namespace caloscope {

/// A labelling, counted from 1, and z of the classifiers' test for it.
struct PermutedZ {
  std::uint32_t permutation;
  double z;
};

/// As the settings of an evaluation say.
constexpr std::uint32_t most_permutations = 1'000'000;

/// Of the labellings 1 to `permutations`, everything fitted anew to each: labels are permuted among rows that are alike but for
/// the label. Labelling p is of `share` where p − 1 is. With `store` what was done is kept there, under the number of the
/// labelling, and is not done again. Progress is counted in permutations of the share. Throws Error(argument) for
/// more than most_permutations, and where there are not as many labellings beside the true one; what cross_fit throws.
std::vector<PermutedZ> permuted_z(const PreparedSamples& samples, const CrossFitting& plan, std::uint32_t permutations,
                                  const FitShare& share, Backend& backend, JobControl& control,
                                  CheckpointStore* store = nullptr);

/// In how many ways labels can be permuted; infinity for very many. Throws what Blocks throws.
double labellings(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan);

}  // namespace caloscope
