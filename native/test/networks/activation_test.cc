#include "core/networks/activation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/networks/activation_definition.h"

namespace caloscope {
namespace {

constexpr Activation all[] = {Activation::relu, Activation::leaky_relu, Activation::elu,
                              Activation::gelu, Activation::silu,       Activation::tanh};

TEST(Activation, IsTheTextbookFunction) {
  for (const auto activation : all) {
    for (int step = -4000; step <= 4000; ++step) {
      const float x = static_cast<float>(step) * 0.005F;
      const double expected = definition::activate({activation, 0.3F}, x);
      // GELU far below zero is x times the rounding of 1 + erf.
      EXPECT_NEAR(activate(activation, 0.3F, x), expected, 2.5e-7 * (1 + std::fabs(x))) << static_cast<int>(activation);
    }
  }
}

TEST(Activation, HasPublishedValues) {
  // PyTorch 1.13, float64: functional.gelu, silu, elu(alpha = 1), leaky_relu(0.01) at -1 and 2.
  EXPECT_FLOAT_EQ(activate(Activation::gelu, 0, -1), -0.15865525393145707F);
  EXPECT_FLOAT_EQ(activate(Activation::gelu, 0, 2), 1.9544997361036416F);
  EXPECT_FLOAT_EQ(activate(Activation::silu, 0, -1), -0.2689414213699951F);
  EXPECT_FLOAT_EQ(activate(Activation::silu, 0, 2), 1.7615941559557649F);
  EXPECT_FLOAT_EQ(activate(Activation::elu, 1, -1), -0.6321205588285577F);
  EXPECT_FLOAT_EQ(activate(Activation::leaky_relu, 0.01F, -1), -0.01F);
}

TEST(Activation, SlopeIsTheDerivative) {
  for (const auto activation : all) {
    for (int step = -3000; step <= 3000; ++step) {
      const float x = static_cast<float>(step) * 0.005F;
      EXPECT_NEAR(activation_slope(activation, 0.3F, x), definition::slope_at({activation, 0.3F}, x), 1e-6 * (1 + std::fabs(x)))
          << static_cast<int>(activation) << " at " << x;
    }
  }
}

TEST(Activation, StaysFiniteFarOut) {
  for (const auto activation : all) {
    for (const float x : {-1e30F, -1e4F, -104.0F, -88.0F, 88.0F, 104.0F, 1e4F, 1e30F}) {
      EXPECT_TRUE(std::isfinite(activate(activation, 0.01F, x)));
      const float slope = activation_slope(activation, 0.01F, x);
      EXPECT_TRUE(slope > -0.2F && slope < 1.2F) << static_cast<int>(activation) << " at " << x << ": " << slope;
    }
  }
}

}  // namespace
}  // namespace caloscope
