#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/learners/member.h"

namespace caloscope {

/// The tensors of a network by name.
inline std::map<std::string, std::vector<float>> tensors_of(const Network& network) {
  std::map<std::string, std::vector<float>> tensors;
  network.for_each_tensor([&](const auto& tensor) {
    tensors[tensor.name].assign(tensor.values.begin(), tensor.values.end());
  });
  return tensors;
}

inline void expect_same_bits(const Network& a, const Network& b) {
  ASSERT_EQ(a.blocks.size(), b.blocks.size());
  EXPECT_EQ(tensors_of(a), tensors_of(b));
  for (std::size_t i = 0; i < a.blocks.size(); ++i) {
    ASSERT_EQ(a.blocks[i].index(), b.blocks[i].index());
    const auto* const linear = std::get_if<LinearBlock>(&a.blocks[i]);
    if (linear) { EXPECT_EQ(linear->nonlinearity, std::get<LinearBlock>(b.blocks[i]).nonlinearity); }
  }
}

}  // namespace caloscope
