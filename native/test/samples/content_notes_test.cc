#include "core/samples/content_notes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/run/random.h"

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan_energy = std::nan("");

HitBlock block_of(const std::vector<double>& incident, const std::vector<double>& voxels) {
  return {incident, {{std::span<const double>(voxels), static_cast<std::uint32_t>(voxels.size() / incident.size())}}};
}

std::vector<double> dense(const HitBlock& block) {
  std::vector<double> voxels(block.rows() * block.voxels());
  for (std::uint64_t row = 0; row < block.rows(); ++row) {
    block.for_each_hit(row, [&](std::uint32_t voxel, double energy) { voxels[row * block.voxels() + voxel] = energy; });
  }
  return voxels;
}

TEST(ContentNotes, DroppedShowersLeaveNoTrace) {
  const auto make = [] {
    return block_of({100, 200, nan_energy, 0, 300, 400}, {1, 2, nan_energy, 0, 5, 6, 7, 8, -1, 9, 0, 11});
  };
  auto block = make();
  const ContentPolicy policy{.drop_non_finite = true, .drop_negative = true};
  const auto notes = take_notes(block, 10, policy, {0, 1});
  EXPECT_EQ(notes.dropped.rows, (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(notes.dropped.non_finite, 2U);
  EXPECT_EQ(dense(block), (std::vector<double>{1, 2, 0, 11}));
  EXPECT_EQ(block.incident_energies()[1], 400);
  EXPECT_EQ(notes.layer_hits, (std::vector<double>{1, 2}));
  EXPECT_EQ(notes.negative_voxels.count + notes.non_finite_voxels.count + notes.bad_energies.count, 0U);

  auto half = make();
  const auto of_half = take_notes(half, 10, {.drop_non_finite = true}, {});
  EXPECT_EQ(of_half.dropped.rows, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(of_half.bad_energies.count, 0U);
  EXPECT_EQ(of_half.negative_voxels.first_row, 14U);
}

TEST(ContentNotes, OfSoundShowers) {
  auto block = block_of({100, 200}, {0, 10, 50, 20, 0, 100});
  const auto notes = take_notes(block, 7, {}, {0, 2});
  for (const auto* odd : {&notes.non_finite_voxels, &notes.negative_voxels, &notes.non_finite_energies,
                          &notes.bad_energies, &notes.empty_showers, &notes.excess_deposits}) {
    EXPECT_EQ(odd->count, 0U);
  }
  EXPECT_EQ(notes.ratios, (std::vector<double>{0.6, 0.6}));
  EXPECT_EQ(notes.incident_energy.smallest, 100);
  EXPECT_EQ(notes.incident_energy.largest, 200);
  EXPECT_EQ(notes.voxel_energy.smallest, 0);
  EXPECT_EQ(notes.voxel_energy.largest, 100);
  EXPECT_EQ(notes.layer_hits, (std::vector<double>{2, 2}));
}

TEST(ContentNotes, NameRowAndVoxelOfWhatIsOdd) {
  auto block = block_of({100, infinity, 0, nan_energy, -5},
                        {1, 2, 0, 0, nan_energy, -1, 3, -2, infinity, 0, 4, -infinity, 0, 0, 0});
  const auto notes = take_notes(block, 1000, {}, {});
  EXPECT_EQ(notes.non_finite_voxels.count, 3U);
  EXPECT_EQ(notes.non_finite_voxels.first_row, 1001U);
  EXPECT_EQ(notes.non_finite_voxels.first_voxel, 1U);
  EXPECT_EQ(notes.negative_voxels.count, 2U);
  EXPECT_EQ(notes.negative_voxels.first_row, 1001U);
  EXPECT_EQ(notes.negative_voxels.first_voxel, 2U);
  EXPECT_EQ(notes.non_finite_energies.count, 2U);
  EXPECT_EQ(notes.non_finite_energies.first_row, 1001U);
  EXPECT_EQ(notes.bad_energies.count, 2U);
  EXPECT_EQ(notes.bad_energies.first_row, 1002U);
  EXPECT_EQ(notes.empty_showers.count, 1U);
  EXPECT_EQ(notes.empty_showers.first_row, 1004U);
  EXPECT_EQ(notes.ratios, std::vector<double>{0.03});
  EXPECT_EQ(notes.incident_energy.smallest, -5);
  EXPECT_EQ(notes.incident_energy.largest, infinity);
  EXPECT_EQ(notes.voxel_energy.smallest, -2);
  EXPECT_EQ(notes.voxel_energy.largest, 4);
  EXPECT_EQ(block.hits(), 9U) << "nothing is set to zero unasked";
}

TEST(ContentNotes, NameRowAndVoxelOfDepositsThatCannotBe) {
  auto block = block_of({1, 1, 1, 0}, {10, 0, 0, 5, 3, 2.5, 4, 3e38, -1, 100, 0, 0});
  const auto notes = take_notes(block, 70, {}, {});
  EXPECT_EQ(notes.excess_deposits.count, 2U);
  EXPECT_EQ(notes.excess_deposits.first_row, 71U);
  EXPECT_EQ(notes.excess_deposits.first_voxel, 0U);
  auto second = block_of({1}, {4, 3e38, 9});
  EXPECT_EQ(take_notes(second, 0, {}, {}).excess_deposits.first_voxel, 1U);
}

TEST(ContentNotes, SetToZeroWhatThePolicySays) {
  const std::vector<double> voxels{1, nan_energy, -2, 3, -1, infinity, -infinity, 0, 5};
  const std::vector<double> incident{10, 10, 10};
  auto both = block_of(incident, voxels);
  const auto notes = take_notes(both, 0, {true, true}, {});
  EXPECT_EQ(dense(both), (std::vector<double>{1, 0, 0, 3, 0, 0, 0, 0, 5}));
  EXPECT_EQ(notes.non_finite_voxels.count, 3U);
  EXPECT_EQ(notes.negative_voxels.count, 2U);
  EXPECT_EQ(notes.voxel_energy.smallest, 0);
  EXPECT_EQ(notes.ratios, (std::vector<double>{0.1, 0.3, 0.5}));
  auto kept = block_of(incident, voxels);
  const auto with_negative = take_notes(kept, 0, {true, false}, {});
  EXPECT_EQ(dense(kept), (std::vector<double>{1, 0, -2, 3, -1, 0, 0, 0, 5}));
  EXPECT_EQ(with_negative.voxel_energy.smallest, -2);
  EXPECT_EQ(with_negative.ratios, (std::vector<double>{0.2, 0.5}));
}

TEST(ContentNotes, KnowTheLowestVoxelWhereNoneIsZero) {
  auto constant = block_of({10, 10}, {3, 3, 3, 3});
  const auto notes = take_notes(constant, 0, {}, {});
  EXPECT_EQ(notes.voxel_energy.smallest, 3);
  EXPECT_EQ(notes.voxel_energy.largest, 3);
  auto none = block_of({10}, {nan_energy});
  EXPECT_GT(take_notes(none, 0, {}, {}).voxel_energy.smallest, 1e300);
}

}  // namespace
}  // namespace caloscope
