#include "core/run/job_control.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "core/run/error.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

TEST(JobControl, PassesOverWhatIsBehindTheFurthestOfItsStage) {
  std::vector<double> seen;
  JobControl control([&](const Progress& progress) { seen.push_back(progress.done); });
  for (const double done : {1, 3, 2, 4}) control.report({done, 4, "first"});
  control.report({1, 4, "second"});
  control.report({0, 5, "second"});
  EXPECT_EQ(seen, (std::vector<double>{1, 3, 4, 1, 0}));
}

TEST(JobControl, ThrowsOnceCancelled) {
  JobControl control;
  EXPECT_EQ(thrown_code([&] { control.check(); }), std::nullopt);
  control.cancel();
  EXPECT_EQ(thrown_code([&] { control.check(); }), ErrorCode::cancelled);
}

}  // namespace
}  // namespace caloscope
