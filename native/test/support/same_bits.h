#pragma once

#include <gtest/gtest.h>

#include "core/networks/network.h"

namespace caloscope {

inline void expect_same_bits(const Network& a, const Network& b) {
  ASSERT_EQ(a.layers.size(), b.layers.size());
  EXPECT_EQ(a.activation, b.activation);
  EXPECT_EQ(a.slope, b.slope);
  EXPECT_EQ(a.standardisation.centre, b.standardisation.centre);
  EXPECT_EQ(a.standardisation.scale, b.standardisation.scale);
  EXPECT_EQ(a.standardisation.clip, b.standardisation.clip);
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    EXPECT_EQ(a.layers[l].weight, b.layers[l].weight);
    EXPECT_EQ(a.layers[l].bias, b.layers[l].bias);
  }
}

}  // namespace caloscope
