#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/run/error.h"
#include "core/run/random.h"
#include "cpu/kernels/kernel_choice.h"
#if defined(__x86_64__)
#include "cpu/kernels/x86_levels.h"
#endif
#include "test/support/kernel_products.h"

namespace caloscope {
namespace {

class Kernels : public testing::TestWithParam<const KernelSet*> {
 protected:
  const KernelSet& set() const { return *GetParam(); }

  std::vector<float> packed(const std::vector<float>& b, std::size_t depth, std::size_t columns) const {
    const std::size_t panels = (columns + set().panel_width - 1) / set().panel_width;
    std::vector<float> result(panels * set().panel_width * depth, guard);
    set().pack(b.data(), static_cast<std::ptrdiff_t>(columns), 1, depth, columns, set().panel_width, depth,
               result.data());
    return result;
  }
  std::vector<std::size_t> awkward_widths() const {
    const std::size_t w = set().panel_width;
    return {1, 2, w / 2, w - 1, w, w + 1, 3 * w - 5};
  }
};

INSTANTIATE_TEST_SUITE_P(EverySet, Kernels, testing::ValuesIn(supported_kernel_sets()),
                         [](const auto& set) { return set.param->name; });

TEST_P(Kernels, PackLaysColumnsIntoPanelsWithZerosBeyond) {
  for (const std::size_t columns : awkward_widths()) {
    for (const std::size_t depth : {0, 1, 7, 37}) {
      for (const bool transposed : {false, true}) {
        const auto b = noise(depth * columns, 1);
        const std::size_t row = transposed ? 1 : columns;
        const std::size_t column = transposed ? depth : 1;
        const std::size_t w = set().panel_width;
        const std::size_t panels = (columns + w - 1) / w;
        GuardedMatrix result(1, panels * w * depth, panels * w * depth);
        // In two goes, each a part of the depth.
        for (const auto& [first, end] : {std::pair<std::size_t, std::size_t>{0, depth / 3}, {depth / 3, depth}}) {
          set().pack(b.data() + first * row, static_cast<std::ptrdiff_t>(row), static_cast<std::ptrdiff_t>(column),
                     end - first, columns, w, depth, result.data() + first * w);
        }
        ASSERT_TRUE(depth == 0 || result.sound());
        for (std::size_t j = 0; j < panels * w; ++j) {
          for (std::size_t k = 0; k < depth; ++k) {
            const float expected = j < columns ? b[k * row + j * column] : 0.0F;
            ASSERT_EQ(result.at(0, (j / w * depth + k) * w + j % w), expected);
          }
        }
      }
    }
  }
}

TEST_P(Kernels, MultiplyIsTheProduct) {
  for (const std::size_t rows : {1, 2, 5, 6, 7, 13, 14, 31}) {
    for (const std::size_t columns : awkward_widths()) {
      for (const std::size_t depth : {0, 1, 3, 40, 1100}) {
        for (const bool packed_rows : {false, true}) {
          for (const auto& chosen : frame_cases) {
            // Row stride longer than needed, to see that it is obeyed.
            const std::size_t row = packed_rows ? 1 : depth + 3;
            const std::size_t column = packed_rows ? rows + 2 : 1;
            const auto a = noise(rows * row + depth * column + 1, 2);
            const auto b = noise(depth * columns, 3);
            const auto before = noise(rows * columns, 4);
            const auto bias = noise(columns, 8);
            GuardedMatrix c(rows, columns, columns + 3);
            c.fill(before);
            std::vector<float> blocks(rows * depth + 1);
            if (packed_rows) set().pack_rows(a.data(), column, rows, depth, blocks.data());
            const LeftMatrix left = packed_rows ? LeftMatrix{blocks.data(), 0} : LeftMatrix{a.data(), row};
            set().multiply(left, packed(b, depth, columns).data(), rows, columns, depth, c.data(), c.stride(),
                           frame_of(chosen, bias));
            ASSERT_TRUE(c.sound());
            for (std::size_t i = 0; i < rows; ++i) {
              for (std::size_t j = 0; j < columns; ++j) {
                Sum sum(chosen, bias[j], before[i * columns + j]);
                for (std::size_t k = 0; k < depth; ++k) sum.add(double{a[i * row + k * column]} * b[k * columns + j]);
                sum.expect_near(c.at(i, j));
                if (HasFatalFailure()) FAIL() << rows << "×" << columns << "×" << depth;
              }
            }
          }
        }
      }
    }
  }
}

TEST_P(Kernels, MultiplyGivesTheSameBitsHoweverItIsCut) {
  constexpr std::size_t rows = 61, depth = 37;
  const std::size_t columns = 2 * set().panel_width + 5;
  const auto a = noise(rows * depth, 5);
  const auto b = noise(depth * columns, 6);
  const auto before = noise(rows * columns, 7);
  const ProductFrame adding{nullptr, true, nullptr};
  GuardedMatrix whole(rows, columns, columns);
  whole.fill(before);
  set().multiply({a.data(), depth}, packed(b, depth, columns).data(), rows, columns, depth, whole.data(), columns,
                 adding);
  for (const std::size_t tile : {1, 2, 3, 5, 14, 17, 60}) {
    GuardedMatrix cut(rows, columns, columns);
    cut.fill(before);
    for (std::size_t first = 0; first < rows; first += tile) {
      set().multiply({a.data() + first * depth, depth}, packed(b, depth, columns).data(),
                     std::min(tile, rows - first), columns, depth, cut.data() + first * columns, columns, adding);
    }
    ASSERT_TRUE(cut.same_bits(whole)) << "tiles of " << tile << " rows";
  }
  for (const std::size_t middle : {1, 20, 36}) {
    GuardedMatrix cut(rows, columns, columns);
    cut.fill(before);
    for (const auto& [first, end] : {std::pair<std::size_t, std::size_t>{0, middle}, {middle, depth}}) {
      const std::vector<float> part(b.begin() + static_cast<std::ptrdiff_t>(first * columns),
                                    b.begin() + static_cast<std::ptrdiff_t>(end * columns));
      set().multiply({a.data() + first, depth}, packed(part, end - first, columns).data(), rows, columns, end - first,
                     cut.data(), columns, adding);
    }
    ASSERT_TRUE(cut.same_bits(whole)) << "depth cut at " << middle;
  }
}

TEST_P(Kernels, SparseMultiplyIsTheProduct) {
  constexpr std::size_t rows = 20;
  const std::size_t w = set().sparse_panel_width;
  for (const std::uint32_t depth : {33U, 2500U}) {
    const SparseSample s(rows, depth);
    for (const std::size_t columns : {std::size_t{1}, w - 1, w, 2 * w + 7, 3 * w, 4 * w - 1, 7 * w, 8 * w + 1}) {
      const auto b = noise(depth * columns, 12);
      const auto before = noise(rows * columns, 13);
      const auto bias = noise(columns, 14);
      std::vector<float> panels((columns + w - 1) / w * w * depth);
      set().pack(b.data(), static_cast<std::ptrdiff_t>(columns), 1, depth, columns, w, depth, panels.data());
      for (const auto& chosen : frame_cases) {
        GuardedMatrix c(rows, columns, columns + 2);
        c.fill(before);
        set().sparse_multiply(s.view(), panels.data(), columns, depth, c.data(), c.stride(), frame_of(chosen, bias));
        ASSERT_TRUE(c.sound());
        for (std::size_t row = 0; row < rows; ++row) {
          for (std::size_t j = 0; j < columns; ++j) {
            Sum sum(chosen, bias[j], before[row * columns + j]);
            for (std::size_t e = 0; e < s.columns_of(row).size(); ++e) {
              sum.add(double{s.values_of(row)[e]} * b[s.columns_of(row)[e] * columns + j]);
            }
            sum.expect_near(c.at(row, j));
            if (HasFatalFailure()) FAIL() << "row " << row << ", column " << j << ", depth " << depth;
          }
        }
      }
    }
  }
}

TEST_P(Kernels, SparseAndDenseProductsHaveTheSameBits) {
  constexpr std::size_t rows = 20;
  constexpr std::uint32_t depth = 1500;
  const std::size_t columns = 2 * set().sparse_panel_width + 3;
  const std::size_t w = set().sparse_panel_width;
  const SparseSample s(rows, depth);
  const auto b = noise(depth * columns, 15);
  const auto bias = noise(columns, 16);
  std::vector<float> a(rows * depth);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t e = 0; e < s.columns_of(row).size(); ++e) a[row * depth + s.columns_of(row)[e]] = s.values_of(row)[e];
  }
  GuardedMatrix dense(rows, columns, columns), sparse(rows, columns, columns);
  set().multiply({a.data(), depth}, packed(b, depth, columns).data(), rows, columns, depth, dense.data(), columns,
                 {bias.data(), false, nullptr});
  std::vector<float> panels((columns + w - 1) / w * w * depth);
  set().pack(b.data(), static_cast<std::ptrdiff_t>(columns), 1, depth, columns, w, depth, panels.data());
  set().sparse_multiply(s.view(), panels.data(), columns, depth, sparse.data(), columns, {bias.data(), false, nullptr});
  EXPECT_TRUE(dense.same_bits(sparse));
}

TEST_P(Kernels, StandardiseScalesAndHolds) {
  for (const std::size_t count : {1, 7, 16, 65}) {
    const auto x = noise(count, 31), centre = noise(count, 32), scale = noise(count, 33);
    const std::vector<float> clip(count, 0.5F);
    GuardedMatrix out(1, count, count);
    set().standardise(x.data(), centre.data(), scale.data(), clip.data(), count, out.data());
    ASSERT_TRUE(out.sound());
    for (std::size_t i = 0; i < count; ++i) {
      const double exact = (double{x[i]} - centre[i]) * scale[i];
      ASSERT_NEAR(out.at(0, i), std::clamp(exact, -0.5, 0.5), 4 * float_step * (1 + std::fabs(exact)));
    }
  }
}

TEST_P(Kernels, LeakySlopeMultipliesByTheDerivative) {
  for (const bool dropout : {false, true}) {
    for (const std::size_t count : {1, 7, 16, 65}) {
      auto x = noise(count, 41);
      x[0] = 0;
      const auto before = noise(count, 42), factor = noise(count, 43);
      GuardedMatrix delta(1, count, count);
      delta.fill(before);
      set().leaky_slope(x.data(), 0.25F, dropout ? factor.data() : nullptr, count, delta.data());
      ASSERT_TRUE(delta.sound());
      for (std::size_t i = 0; i < count; ++i) {
        const float slope = (x[i] > 0 ? 1.0F : 0.25F) * (dropout ? factor[i] : 1.0F);
        ASSERT_EQ(delta.at(0, i), before[i] * slope);
      }
    }
  }
}

TEST_P(Kernels, DropoutTakesTheNumbersOfItsStream) {
  const DropoutDraw draw{0x123456789ABCDEFULL, 0x0500000700000003ULL, (std::uint64_t{1} << 56) + 0xFFFFFFF9, 0xC0000000U,
                         1.25F};
  const Philox philox(draw.seed, draw.stream);
  for (const std::size_t count : {1, 3, 4, 63, 64, 65, 300}) {
    GuardedMatrix factors(1, count, count);
    set().dropout(draw, count, factors.data());
    ASSERT_TRUE(factors.sound());
    for (std::size_t i = 0; i < count; ++i) {
      const bool kept = philox.block(draw.counter + i / 4)[i % 4] < draw.threshold;
      ASSERT_EQ(factors.at(0, i), kept ? draw.factor : 0.0F);
    }
  }
}

TEST_P(Kernels, AdamIsOneStepOfAdamW) {
  const AdamStep step{3e-3F, 0.9F, 0.99F, 1e-6F, 2e-4F};
  for (const std::size_t count : {1, 3, 16, 65, 1000}) {
    const auto gradient = noise(count, 21), first = noise(count, 22), parameter = noise(count, 24);
    auto second = noise(count, 23);
    for (float& v : second) v *= v;
    GuardedMatrix m(1, count, count), v(1, count, count), p(1, count, count);
    m.fill(first);
    v.fill(second);
    p.fill(parameter);
    set().adam(step, count, gradient.data(), m.data(), v.data(), p.data());
    ASSERT_TRUE(m.sound() && v.sound() && p.sound());
    for (std::size_t i = 0; i < count; ++i) {
      const double g = gradient[i];
      const double m_new = double{step.beta1} * first[i] + (1 - double{step.beta1}) * g;
      const double v_new = double{step.beta2} * second[i] + (1 - double{step.beta2}) * g * g;
      const double p_new = parameter[i] - double{step.decay} * parameter[i] -
                           double{step.rate} * m_new / (std::sqrt(v_new) + double{step.epsilon});
      ASSERT_NEAR(m.at(0, i), m_new, 4e-7 * (std::fabs(first[i]) + std::fabs(g)));
      ASSERT_NEAR(v.at(0, i), v_new, 4e-7 * (second[i] + g * g));
      ASSERT_NEAR(p.at(0, i), p_new, 2e-7 * std::fabs(parameter[i]) + 1e-8);
    }
  }
}

TEST_P(Kernels, AdamWithoutHistoryOrGradientLeavesParameters) {
  const AdamStep step{1e-3F, 0.9F, 0.99F, 1e-8F, 0};
  const std::vector<float> zero(50, 0.0F);
  std::vector<float> m(50, 0.0F), v(50, 0.0F);
  auto parameter = noise(50, 25);
  const auto before = parameter;
  set().adam(step, 50, zero.data(), m.data(), v.data(), parameter.data());
  EXPECT_EQ(parameter, before);
}

TEST_P(Kernels, IsFoundByName) { EXPECT_EQ(choose_kernel_set(set().name).kernels, GetParam()); }

TEST(KernelChoice, TakesTheWidestUnlessOneIsNamed) {
  const auto widest = choose_kernel_set(nullptr);
  EXPECT_EQ(widest.kernels, supported_kernel_sets().front());
  EXPECT_EQ(widest.reason.find("has "), 0U) << widest.reason;
  const auto named = choose_kernel_set(supported_kernel_sets().back()->name);
  EXPECT_EQ(named.kernels, supported_kernel_sets().back());
  EXPECT_NE(named.reason.find("CALOSCOPE_KERNELS"), std::string::npos);
}

#if defined(__x86_64__)
TEST(KernelChoice, KnowsTheProcessorAsTheRuntimeOfTheCompilerDoes) {
  const X86Levels levels = x86_levels();
  EXPECT_EQ(levels.v2, __builtin_cpu_supports("x86-64-v2") != 0);
  EXPECT_EQ(levels.v3, __builtin_cpu_supports("x86-64-v3") != 0);
  EXPECT_EQ(levels.v4, __builtin_cpu_supports("x86-64-v4") != 0);
  EXPECT_EQ(levels.avx512bf16, __builtin_cpu_supports("x86-64-v4") != 0 && __builtin_cpu_supports("avx512bf16") != 0);
}
#endif

TEST(KernelChoice, RefusesAnUnknownName) {
  for (const char* name : {"", "sse9", "AVX2", "avx512bf17"}) {
    try {
      choose_kernel_set(name);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::argument);
    }
  }
}

/// In a process of its own, because the choice is made once.
TEST(KernelChoiceDeathTest, FollowsTheEnvironmentVariable) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto chosen = [](const char* name) {
    setenv("CALOSCOPE_KERNELS", name, 1);
    try {
      std::_Exit(std::string(kernel_set().name) == name ? 0 : 1);
    } catch (const Error& error) {
      std::_Exit(error.code() == ErrorCode::argument ? 2 : 3);
    }
  };
  for (const auto* set : supported_kernel_sets()) EXPECT_EXIT(chosen(set->name), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(chosen("nonsense"), testing::ExitedWithCode(2), "");
}

}  // namespace
}  // namespace caloscope
